/**
 * Requests and responses that are born with the prototypes that Express wants.
 *
 * Express calls `Object.setPrototypeOf` on both for every request. On objects that the engine has already optimised
 * this made every later access slow: measured on POST /printjobs, 440 µs of CPU a request, and 240 µs when the
 * prototypes are right from the start and the call finds nothing to change.
 */
import { IncomingMessage, ServerResponse, type ServerOptions } from 'node:http';
import type { Express } from 'express';

export type MessageClasses = Required<Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'>>;

/** Makes `app` use the prototypes of two new classes, and returns the classes for `createServer`. */
export function adoptMessageClasses(app: Express): MessageClasses {
  class AppRequest extends IncomingMessage {}
  class AppResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {}
  Object.setPrototypeOf(AppRequest.prototype, app.request);
  Object.setPrototypeOf(AppResponse.prototype, app.response);
  Object.assign(app, { request: AppRequest.prototype, response: AppResponse.prototype });
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}
