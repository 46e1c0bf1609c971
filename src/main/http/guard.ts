/**
 * Who may talk to a loopback API. A browser on this PC also runs other people's pages: they are kept out by the Host
 * they must name (DNS rebinding) and by the Origin that the browser states for them (CSRF). There are no CORS headers.
 */
import type { IncomingMessage } from 'node:http';
import type { ProblemDraft } from './answer.ts';
import { echo } from './input.ts';

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'] as const;
const HTTP_DEFAULT_PORT = 80;

/** `host:port` as a browser writes it for this server: without the port where it is HTTP's own. */
function ownHosts(port: number): ReadonlySet<string> {
  const hosts = new Set(LOOPBACK_NAMES.map((name) => `${name}:${port}`));
  if (port === HTTP_DEFAULT_PORT) for (const name of LOOPBACK_NAMES) hosts.add(name);
  return hosts;
}

function isOwnOrigin(origin: string, hosts: ReadonlySet<string>): boolean {
  return origin.startsWith('http://') && hosts.has(origin.slice('http://'.length));
}

/** Answers whether a request is refused before anything looks at it; null = it may pass. */
export type Guard = (req: IncomingMessage) => ProblemDraft | null;

export function createGuard(): Guard {
  let port = -1;
  let hosts: ReadonlySet<string> = new Set();
  return (req) => {
    const localPort = req.socket.localPort ?? -1;
    if (localPort !== port) {
      port = localPort;
      hosts = ownHosts(port);
    }
    const host = req.headers.host?.toLowerCase() ?? '';
    if (!hosts.has(host)) {
      return {
        code: 'wrong_host',
        detail: `This API answers at ${[...hosts].join(', ')}, not at "${echo(host)}"; use one of those addresses.`,
      };
    }
    const origin = req.headers.origin;
    if (origin === undefined || isOwnOrigin(origin.toLowerCase(), hosts)) return null;
    return {
      code: 'foreign_origin',
      detail: `A page of "${echo(origin)}" may not use this API; only the window that this node serves may.`,
    };
  };
}
