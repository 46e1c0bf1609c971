/** The window's own files at `/`: the built renderer, or a line of text where this build has none. */
import express, { type Request, type Router } from 'express';
import { COMMON_HEADERS, sendText } from './answer.ts';
import { mount } from './mount.ts';

/**
 * Only our own files run and only this node is talked to. Mantine writes style elements, hence `unsafe-inline` for
 * styles, and small images are inlined as `data:`.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const WINDOW_HEADERS: Readonly<Record<string, string>> = {
  ...COMMON_HEADERS,
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/** The build puts files with a hash in their name here: what is at such an address never changes. */
const HASHED_ASSET = /[/\\]assets[/\\][^/\\]+-[\w-]{8,}\.\w+$/;
const KEEP_FOREVER = 'public, max-age=31536000, immutable';
const ASK_EACH_TIME = 'no-cache';

/** First parts of paths that belong to the API: nothing below them is ever a page. */
const API_ROOTS: ReadonlySet<string> = new Set(['api', 'printers', 'filaments', 'printjobs']);

/** True for a person's browser going to a page, false for scripts, images and the API. */
function isNavigation(req: Request): boolean {
  if (req.method !== 'GET' && req.method !== 'HEAD') return false;
  if (API_ROOTS.has(req.path.split('/')[1] ?? '')) return false;
  return (req.headers.accept ?? '').includes('text/html');
}

function mountFiles(router: Router, rendererDir: string): void {
  router.use(
    express.static(rendererDir, {
      redirect: false,
      dotfiles: 'ignore',
      setHeaders(res, path) {
        for (const [name, value] of Object.entries(WINDOW_HEADERS)) res.setHeader(name, value);
        res.setHeader('Cache-Control', HASHED_ASSET.test(path) ? KEEP_FOREVER : ASK_EACH_TIME);
      },
    }),
  );
  // The window keeps its place after `#`, so any other page address means its start.
  router.use((req, res, next) => {
    if (req.path === '/' || !isNavigation(req)) next();
    else res.writeHead(302, { ...WINDOW_HEADERS, Location: '/' }).end();
  });
}

/** Mounts last: it answers for every address that nothing else took, where it can. */
export function mountWindow(router: Router, rendererDir: string | null, farmName: () => string): void {
  if (rendererDir !== null) {
    mountFiles(router, rendererDir);
    return;
  }
  mount(router, ['/'], {
    GET: (_req, res) => {
      const text = `Raft3D is running here as part of "${farmName()}". This build has no window; the API is at /api/v1.\n`;
      sendText(res, 200, 'text/plain; charset=utf-8', text, WINDOW_HEADERS);
    },
  });
}
