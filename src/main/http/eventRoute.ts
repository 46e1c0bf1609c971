/** GET /api/v1/events: opens an event stream. */
import type { Router } from 'express';
import { ROUTES } from '../../contract/routes.ts';
import { API_HEADERS, sendProblem } from './answer.ts';
import type { EventHub } from './eventHub.ts';
import { EVENT_CLIENTS_MAX, EVENT_RETRY_MS } from './limits.ts';
import { mount } from './mount.ts';
import { noQuery, readQuery } from './query.ts';

export function mountEvents(router: Router, hub: EventHub): void {
  mount(router, [ROUTES.events], {
    GET: (req, res) => {
      const query = readQuery(req, noQuery);
      if (!query.ok) {
        sendProblem(req, res, query.reason);
        return;
      }
      if (hub.isFull) {
        const detail = `${EVENT_CLIENTS_MAX} live views of this node are open already; close one, or try again later.`;
        sendProblem(req, res, { code: 'too_many_streams', detail });
        return;
      }
      res.writeHead(200, {
        ...API_HEADERS,
        'Content-Type': 'text/event-stream; charset=utf-8',
        'X-Accel-Buffering': 'no',
      });
      if (req.method === 'HEAD') {
        res.end();
        return;
      }
      res.write(`retry: ${EVENT_RETRY_MS}\n\n`);
      const lastEventId = req.headers['last-event-id'];
      hub.open(res, typeof lastEventId === 'string' ? lastEventId : undefined);
    },
  });
}
