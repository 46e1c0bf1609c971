/** Whose data a directory holds. Every file that is created carries it, so that a copied directory is noticed. */
import { assert } from '../../base/assert.ts';
import { StorageError } from './storageErrors.ts';

/** Both are 1 to {@link IDENTIFIER_BYTES_MAX} bytes of UTF-8. */
export interface DirectoryIdentity {
  readonly cluster: string;
  readonly nodeId: string;
}

/** So that cluster, node id and vote fit one 512-byte sector together; a node id is 64 hex digits. */
export const IDENTIFIER_BYTES_MAX = 128;

/** Writes length (u16) and bytes of an id; the field always takes 2 + {@link IDENTIFIER_BYTES_MAX} bytes. */
export function writeIdentifier(target: Buffer, text: string, offset: number): void {
  const bytes = Buffer.from(text, 'utf8');
  assert(bytes.length <= IDENTIFIER_BYTES_MAX, `an id has at most ${String(IDENTIFIER_BYTES_MAX)} bytes`);
  target.writeUInt16LE(bytes.length, offset);
  bytes.copy(target, offset + 2);
}

/** Reads what {@link writeIdentifier} wrote. The bytes were covered by a CRC before, so the length is sound. */
export function readIdentifier(source: Uint8Array, offset: number): string {
  const bytes = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  const length = Math.min(bytes.readUInt16LE(offset), IDENTIFIER_BYTES_MAX);
  return bytes.toString('utf8', offset + 2, offset + 2 + length);
}

/** Throws `wrong_directory` unless `found` (read from `fileName`) is ours. */
export function requireIdentity(found: DirectoryIdentity, ours: DirectoryIdentity, fileName: string): void {
  if (found.cluster === ours.cluster && found.nodeId === ours.nodeId) return;
  throw new StorageError(
    'wrong_directory',
    `${fileName} belongs to node "${found.nodeId}" of cluster "${found.cluster}", ` +
      `not to node "${ours.nodeId}" of cluster "${ours.cluster}"; start with the right directory or an empty one`,
  );
}
