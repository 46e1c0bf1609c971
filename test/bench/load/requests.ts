/** The requests of each operation as bytes, and the status that a good answer has. */
import { jobBody, READ_ID, type Operation } from './loadSpec.ts';

export interface RequestMaker {
  readonly expectedStatus: number;
  /** The whole request; `id` is a new one for each. */
  readonly make: (port: number, id: string) => string;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function post(port: number, path: string, body: string): string {
  return (
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

function get(port: number, path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
}

function etcdPut(port: number, id: string): string {
  return post(port, '/v3/kv/put', JSON.stringify({ key: base64(id), value: base64(jobBody(id)) }));
}

function etcdRange(port: number, local: boolean): string {
  return post(port, '/v3/kv/range', JSON.stringify({ key: base64(READ_ID), serializable: local }));
}

export const REQUESTS: Readonly<Record<Operation, RequestMaker>> = {
  'raft3d-post': { expectedStatus: 201, make: (port, id) => post(port, '/printjobs', jobBody(id)) },
  'raft3d-get': { expectedStatus: 200, make: (port) => get(port, `/api/v1/printjobs/${READ_ID}`) },
  'raft3d-get-local': {
    expectedStatus: 200,
    make: (port) => get(port, `/api/v1/printjobs/${READ_ID}?consistency=local`),
  },
  'etcd-put': { expectedStatus: 200, make: etcdPut },
  'etcd-range': { expectedStatus: 200, make: (port) => etcdRange(port, false) },
  'etcd-range-local': { expectedStatus: 200, make: (port) => etcdRange(port, true) },
};
