/** Puts one resource at its addresses: which methods it takes, and the answers to all others. */
import type { Request, Response, Router } from 'express';
import { API_HEADERS, sendProblem } from './answer.ts';

export type Handler = (req: Request, res: Response) => void | Promise<void>;

/** GET also serves HEAD. */
export interface Methods {
  readonly GET?: Handler;
  readonly POST?: Handler;
}

function allowed(methods: Methods): string {
  const words = methods.GET === undefined ? [] : ['GET', 'HEAD'];
  return [...words, ...(methods.POST === undefined ? [] : ['POST']), 'OPTIONS'].join(', ');
}

function handlerOf(methods: Methods, method: string): Handler | undefined {
  if (method === 'GET' || method === 'HEAD') return methods.GET;
  return method === 'POST' ? methods.POST : undefined;
}

/** Known methods go to their handler, OPTIONS says which those are, the rest is a 405. */
export function mount(router: Router, paths: readonly string[], methods: Methods): void {
  const allow = allowed(methods);
  router.all([...paths], (req, res) => {
    const handler = handlerOf(methods, req.method);
    if (handler !== undefined) return handler(req, res);
    if (req.method === 'OPTIONS') {
      res.writeHead(204, { ...API_HEADERS, Allow: allow }).end();
      return;
    }
    sendProblem(req, res, {
      code: 'method_not_allowed',
      detail: `${req.method} is not taken here; this address takes ${allow}.`,
      headers: { Allow: allow },
    });
  });
}
