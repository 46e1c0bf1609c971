/** The listener around the application: limits of connections, answers to broken HTTP, orderly stop. */
import { createServer, STATUS_CODES, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { PROBLEM_CONTENT_TYPE, type ProblemCode } from '../../contract/problems.ts';
import { problemOf } from './answer.ts';
import { createApp } from './app.ts';
import {
  CONNECTIONS_CHECK_MS,
  CONNECTIONS_MAX,
  HEADERS_BYTES_MAX,
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  REQUEST_TIMEOUT_MS,
  STOP_GRACE_MS,
} from './limits.ts';
import type { HttpServerOptions } from './options.ts';
import { processTimers } from './timers.ts';

export interface HttpServer {
  /** `http://127.0.0.1:8000`, with the port that was really taken. */
  readonly url: string;
  /** Takes no new requests, ends event streams, lets answers under way finish for {@link STOP_GRACE_MS}. */
  stop(): Promise<void>;
}

function brokenHttpCode(error: NodeJS.ErrnoException): ProblemCode {
  if (error.code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large';
  return error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request_too_slow' : 'malformed_request';
}

/** Answers what the parser could not read. There is no request to answer to, so the text is written by hand. */
function answerBrokenHttp(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const detail = 'The connection is closed; nothing was changed.';
  const problem = problemOf({ code: brokenHttpCode(error), detail }, '/');
  const body = `${JSON.stringify(problem)}\n`;
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Rejects with the system's error (`EADDRINUSE`, `EACCES`, …) when the address cannot be had. */
function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const stopTimer = processTimers.after(STOP_GRACE_MS, () => server.closeAllConnections());
    server.close(() => {
      stopTimer();
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Starts to serve. Errors: those of {@link listen}. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const app = createApp(options);
  const server = createServer(
    {
      ...app.messageClasses,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      maxHeaderSize: HEADERS_BYTES_MAX,
    },
    app.handler,
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.on('clientError', answerBrokenHttp);
  const { host } = options.listen;
  try {
    const { port } = await listen(server, host, options.listen.port);
    const name = host.includes(':') ? `[${host}]` : host;
    return {
      url: `http://${name}:${port}`,
      stop: async () => {
        app.stop();
        await close(server);
      },
    };
  } catch (error) {
    app.stop();
    throw error;
  }
}
