/** Addresses of other nodes as people write them: `host:port`, with an IPv6 host in square brackets. */

export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

/** Longest host name (RFC 1035 §2.3.4) with room for brackets, colon and port. */
const ADDRESS_CHARS_MAX = 270;

/** Reads `192.168.1.7:9000`, `pc7.local:9000` or `[fe80::1]:9000`; null when it is none of these. Port 1 to 65,535. */
export function parseAddress(text: string): PeerAddress | null {
  if (text.length > ADDRESS_CHARS_MAX) return null;
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^\s:[\]/@]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host !== undefined && port >= 1 && port <= 65_535 ? { host, port } : null;
}

export function formatAddress(address: PeerAddress): string {
  const { host, port } = address;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A socket that listens on IPv6 shows IPv4 callers as `::ffff:a.b.c.d`; that prefix is only about our socket. */
export function plainHost(socketHost: string): string {
  return socketHost.replace(/^::ffff:(?=\d+\.)/i, '');
}
