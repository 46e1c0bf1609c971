/** Unsigned 64-bit little-endian fields that hold safe integers (0 to 2^53 - 1): terms, indexes, offsets. */
import { assert } from '../../base/assert.ts';

const LOW = 2 ** 32;
/** A high word above this is no safe integer, so the field was never written by us. */
const HIGH_MAX = 2 ** 21 - 1;

/** Writes `value`, a safe integer from 0 on. */
export function writeU64(target: Buffer, value: number, offset: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, 'a stored number is a safe integer from 0 on');
  target.writeUInt32LE(value % LOW, offset);
  target.writeUInt32LE(Math.floor(value / LOW), offset + 4);
}

/** Reads what {@link writeU64} wrote; null when the field holds no safe integer. */
export function readU64(view: DataView, offset: number): number | null {
  const high = view.getUint32(offset + 4, true);
  return high > HIGH_MAX ? null : high * LOW + view.getUint32(offset, true);
}

/** A view of the same bytes for reading numbers. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
