/** Writing until every byte is on its way: the system may take fewer bytes than it was given. */
import { StorageError } from './storageErrors.ts';

/** One positioned gather write; answers how many bytes were taken. */
export type GatherWrite = (chunks: readonly Uint8Array[], position: number) => Promise<number>;

/** Writes all of `chunks` from `position` on. Rejects with the system's error, or `short_write` when it stalls. */
export async function writeFully(
  write: GatherWrite,
  position: number,
  chunks: readonly Uint8Array[],
): Promise<void> {
  let rest = chunks.filter((chunk) => chunk.length > 0);
  let at = position;
  while (rest.length > 0) {
    const written = await write(rest, at);
    if (written <= 0) throw new StorageError('short_write', `the system wrote nothing at ${String(at)}`);
    at += written;
    rest = dropBytes(rest, written);
  }
}

function dropBytes(chunks: readonly Uint8Array[], count: number): Uint8Array[] {
  let left = count;
  const rest: Uint8Array[] = [];
  for (const chunk of chunks) {
    if (left >= chunk.length) {
      left -= chunk.length;
    } else {
      rest.push(left === 0 ? chunk : chunk.subarray(left));
      left = 0;
    }
  }
  return rest;
}
