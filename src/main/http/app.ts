/** The HTTP application without a listener: guard, routes, and the answers for everything that no route takes. */
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { BugError } from '../../base/assert.ts';
import { sendProblem, requestPath } from './answer.ts';
import { mountCluster } from './clusterRoutes.ts';
import { EventHub } from './eventHub.ts';
import { mountEvents } from './eventRoute.ts';
import { createGuard } from './guard.ts';
import { adoptMessageClasses, type MessageClasses } from './messageClasses.ts';
import { mountHealth } from './health.ts';
import { echo } from './input.ts';
import { mountJobStatus } from './jobStatus.ts';
import { RequestCounters } from './metrics.ts';
import type { HttpOptions } from './options.ts';
import { mountResources } from './resources.ts';
import { processTimers } from './timers.ts';
import { mountWindow } from './windowFiles.ts';
import type { Log } from '../log.ts';

export interface HttpApp {
  readonly handler: Express;
  /** For `createServer`; the application works without them, at about half the speed. */
  readonly messageClasses: MessageClasses;
  /** Ends open event streams and stops watching the cluster. */
  stop(): void;
}

function firstLayer(counters: RequestCounters): RequestHandler {
  const guard = createGuard();
  return (req, res, next) => {
    counters.watch(req.method, res);
    const refusal = guard(req);
    if (refusal === null) next();
    else sendProblem(req, res, refusal);
  };
}

const nothingHere: RequestHandler = (req, res) => {
  const detail = `There is nothing at "${echo(requestPath(req))}"; the API is at /api/v1.`;
  sendProblem(req, res, { code: 'route_not_found', detail });
};

/** The last resort: a mistake of ours is logged whole and answered without its insides. */
function errorLayer(log: Log): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    // Express knows an error handler by its four parameters; nothing comes after this one.
    void next;
    if (error instanceof URIError) {
      sendProblem(req, res, { code: 'malformed_path', detail: 'The path has a broken %-escape.' });
      return;
    }
    log.error('a request failed inside', { method: req.method, path: requestPath(req), error });
    if (res.headersSent) res.destroy();
    else sendProblem(req, res, { code: 'internal', detail: 'This node made a mistake; its log says more.' });
    // A broken promise of our own code stops the process, as everywhere; the answer leaves first.
    if (error instanceof BugError) {
      setImmediate(() => {
        throw error;
      });
    }
  };
}

/** Builds the application. It watches the cluster from now on, until `stop`. */
export function createApp(options: HttpOptions): HttpApp {
  const timers = options.timers ?? processTimers;
  const farmName = (): string => options.farmName();
  const hub = new EventHub(options.cluster, farmName, timers);
  const counters = new RequestCounters();
  const handler = express();
  handler.disable('x-powered-by');
  handler.disable('etag');
  handler.set('query parser', false);
  handler.set('case sensitive routing', true);
  handler.use(firstLayer(counters));
  mountJobStatus(handler, options);
  mountResources(handler, options, timers);
  mountEvents(handler, hub);
  mountCluster(handler, options);
  mountHealth(handler, options.cluster, counters, () => hub.size);
  mountWindow(handler, options.rendererDir, farmName);
  handler.use(nothingHere);
  handler.use(errorLayer(options.log));
  return { handler, messageClasses: adoptMessageClasses(handler), stop: () => hub.stop() };
}
