/**
 * Ports for processes that are killed and started again at the same ones. They lie below the range from which systems
 * give outgoing connections their ports: otherwise a client could sit on a node's port while that node is down.
 */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const LOWEST = 12_000;
const HIGHEST = 31_000;
/** A machine on which this many in a row are taken has another problem. */
const TRIES_MAX = 500;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ host: '127.0.0.1', port }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/** `count` different ports of 127.0.0.1 that nobody listens on right now. */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>();
  for (let tries = 0; tries < TRIES_MAX && found.size < count; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST);
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  if (found.size < count) throw new Error(`no ${count} free ports found`);
  return [...found];
}
