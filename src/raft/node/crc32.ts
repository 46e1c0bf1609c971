/** CRC-32 (the one of zlib and gzip): the runtime's own when it has one, else a table. Guards against bit rot, not malice. */
import * as zlib from 'node:zlib';

/** Continues `seed` (the CRC of what came before, 0 at the start) over `bytes`. Answers 0 to 2^32 - 1. */
export type Crc32 = (bytes: Uint8Array, seed?: number) => number;

const POLYNOMIAL = 0xedb88320;

function createTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    table[byte] = crc >>> 0;
  }
  return table;
}

/** The portable form, used where `zlib.crc32` is missing (Node before 20.15, Electron 25). Same answers. */
export function createTableCrc32(): Crc32 {
  const table = createTable();
  return (bytes, seed = 0) => {
    let crc = ~seed;
    for (let at = 0; at < bytes.length; at += 1) {
      crc = (crc >>> 8) ^ (table[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
    }
    return ~crc >>> 0;
  };
}

function runtimeCrc32(): Crc32 | null {
  const candidate: unknown = (zlib as { readonly crc32?: unknown }).crc32;
  return typeof candidate === 'function' ? (candidate as Crc32) : null;
}

export const crc32: Crc32 = runtimeCrc32() ?? createTableCrc32();
