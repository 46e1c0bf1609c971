/**
 * The load generator, a process of its own: closed-loop clients, each with one connection and one request at a time.
 * `load.js SPEC`: SPEC is a `LoadSpec` as JSON; prints a `LoadResult` as one line of JSON.
 */
import { HttpConnection } from './load/httpConnection.ts';
import { Latencies } from './load/latencies.ts';
import type { LoadResult, LoadSpec } from './load/loadSpec.ts';
import { REQUESTS } from './load/requests.ts';

/** A client whose connection broke or was refused work pauses, so that an outage is not a storm. */
const RETRY_PAUSE_MS = 20;

function run(spec: LoadSpec): Promise<LoadResult> {
  const { expectedStatus, make } = REQUESTS[spec.operation];
  const latencies = new Latencies();
  const fromMs = performance.now() + spec.warmUpMs;
  const untilMs = fromMs + spec.measuredMs;
  const connections = new Set<HttpConnection>();
  let errorsCount = 0;
  let warmUpAnswersCount = 0;
  let firstError: string | null = null;
  let counter = 0;

  const client = (port: number): void => {
    const connection = new HttpConnection(port);
    connections.add(connection);
    const next = (): void => {
      counter += 1;
      const startedMs = performance.now();
      connection.send(make(port, `${spec.prefix}-${counter}`), (status, body) => {
        const nowMs = performance.now();
        if (nowMs >= untilMs) return;
        if (status === expectedStatus) {
          if (nowMs >= fromMs) latencies.add(nowMs - startedMs);
          else warmUpAnswersCount += 1;
          next();
          return;
        }
        errorsCount += 1;
        firstError ??= `status ${status}: ${body()}`;
        setTimeout(() => {
          if (status !== 0) return next();
          connections.delete(connection);
          client(port);
        }, RETRY_PAUSE_MS);
      });
    };
    next();
  };

  for (let n = 0; n < spec.clientsCount; n += 1) client(spec.ports[n % spec.ports.length] ?? 0);
  let cpuBefore = process.cpuUsage();
  setTimeout(() => {
    cpuBefore = process.cpuUsage();
  }, spec.warmUpMs);
  return new Promise((resolve) => {
    setTimeout(() => {
      const { user, system } = process.cpuUsage(cpuBefore);
      for (const connection of connections) connection.destroy();
      resolve({
        answersCount: latencies.count,
        allAnswersCount: latencies.count + warmUpAnswersCount,
        errorsCount,
        firstError,
        perSecond: (latencies.count * 1000) / spec.measuredMs,
        ...latencies.ranks(),
        generatorCores: (user + system) / 1000 / spec.measuredMs,
      });
    }, spec.warmUpMs + spec.measuredMs);
  });
}

const result = await run(JSON.parse(process.argv[2] ?? '') as LoadSpec);
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
