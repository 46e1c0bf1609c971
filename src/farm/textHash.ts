/**
 * A cheap 64-bit hash of a sequence of lines, for noticing that two replicas differ or that a text was damaged. It
 * runs in a pure core, where no crypto exists; it protects against accidents, not against an attacker.
 */

export interface TextHash {
  /** Adds a line; where a line ends matters. */
  add(line: string): void;
  /** 16 hex digits for the lines so far. */
  value(): string;
}

/** Two independent multiply-and-xor lanes over UTF-16 units, as in FNV-1a, mixed at the end as in MurmurHash3. */
export function createTextHash(): TextHash {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  const addUnit = (unit: number): void => {
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x85ebca6b);
    high ^= high >>> 15;
  };
  return {
    add(line) {
      for (let index = 0; index < line.length; index++) addUnit(line.charCodeAt(index));
      addUnit(0x0a);
    },
    value: () => hex(mix(high ^ low)) + hex(mix(low)),
  };
}

function mix(lane: number): number {
  let mixed = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
