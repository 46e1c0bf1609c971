/** For supervisors: is the process serving, is the node ready, and how is it doing. */
import type { Router } from 'express';
import { ROUTES } from '../../contract/routes.ts';
import type { Cluster } from '../cluster/port.ts';
import { sendJson, sendProblem, sendText } from './answer.ts';
import { METRICS_CONTENT_TYPE, metricsText, type RequestCounters } from './metrics.ts';
import { mount } from './mount.ts';

export function mountHealth(
  router: Router,
  cluster: Cluster,
  counters: RequestCounters,
  eventClients: () => number,
): void {
  mount(router, [ROUTES.healthz], {
    GET: (_req, res) => sendJson(res, 200, { status: 'serving' }),
  });
  mount(router, [ROUTES.readyz], {
    GET: (req, res) => {
      const status = cluster.status();
      if (status.ready) {
        sendJson(res, 200, { status: 'ready', role: status.role });
        return;
      }
      const reason = status.leaderId === null ? 'knows no leader' : 'is still catching up with the farm';
      sendProblem(req, res, { code: 'not_ready', detail: `This node ${reason}; it is ${status.role}.` });
    },
  });
  mount(router, [ROUTES.metrics], {
    GET: (_req, res) =>
      sendText(res, 200, METRICS_CONTENT_TYPE, metricsText(cluster, counters, eventClients())),
  });
}
