/** POST /printjobs/{id}/status?status=…: the seed's way to say what became of a job. */
import type { Router } from 'express';
import { PRINTJOB_STATUSES } from '../../contract/limits.ts';
import { ROUTES, SEED_ROUTES } from '../../contract/routes.ts';
import { isId } from '../../farm/ids.ts';
import { sendProblem } from './answer.ts';
import { echo } from './input.ts';
import { mount, type Handler } from './mount.ts';
import type { HttpOptions } from './options.ts';
import { answerProposal } from './propose.ts';
import { invalidQuery, readQuery } from './query.ts';

const statusQuery = { status: PRINTJOB_STATUSES } as const;
const SETTABLE = 'running, done, canceled';

function statusSetter(options: HttpOptions): Handler {
  return async (req, res) => {
    const query = readQuery(req, statusQuery);
    if (!query.ok) {
      sendProblem(req, res, query.reason);
      return;
    }
    const { status } = query.value;
    if (status === undefined) {
      const message = `is missing; it must be one of ${SETTABLE}`;
      sendProblem(req, res, invalidQuery([{ path: 'status', message }]));
      return;
    }
    if (status === 'queued') {
      const message = `must be one of ${SETTABLE}: a job is queued by being created and never again`;
      sendProblem(req, res, invalidQuery([{ path: 'status', message }]));
      return;
    }
    const jobId = String(req.params['id']);
    // What cannot be an id is the id of nothing; the farm is not asked.
    if (!isId(jobId)) {
      sendProblem(req, res, { code: 'unknown_job', detail: `There is no print job "${echo(jobId)}".` });
      return;
    }
    await answerProposal(options.cluster, req, res, {
      kind: 'setJobStatus',
      jobId,
      status,
      atMs: options.now(),
    });
  };
}

export function mountJobStatus(router: Router, options: HttpOptions): void {
  const paths = [ROUTES.printjobs, ...SEED_ROUTES.printjobs].map((path) => `${path}/:id/status`);
  mount(router, paths, { POST: statusSetter(options) });
}
