/** Terms, indexes, rounds and offsets on the wire: whole numbers up to 2^53 - 1 in eight bytes, big endian. */

export const COUNTER_BYTES = 8;
const TWO_32 = 2 ** 32;

/** Whole, not negative, exact in a double. */
export function isCounter(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Returns the position behind what was written. `value` is a counter, see {@link isCounter}. */
export function writeNumber(bytes: Buffer, at: number, value: number): number {
  bytes.writeUInt32BE(Math.floor(value / TWO_32), at);
  return bytes.writeUInt32BE(value % TWO_32, at + 4);
}

/** May give a number above the safe range: check it with {@link isCounter}. */
export function readNumber(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at) * TWO_32 + bytes.readUInt32BE(at + 4);
}
