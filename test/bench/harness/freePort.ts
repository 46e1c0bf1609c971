/** Ports of loopback that nobody listens at just now. */
import { createServer, type AddressInfo } from 'node:net';

function once(): Promise<{ readonly port: number; close(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({ port, close: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

/** `count` different ports; all are held until the last is known. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held = await Promise.all(Array.from({ length: count }, once));
  await Promise.all(held.map((one) => one.close()));
  return held.map((one) => one.port);
}
