/** Which id a form suggests. Ids are the idempotency keys of the API, so a suggestion must be new. */

/** Digits and letters without those that read alike on a label (0 o, 1 i l). */
const ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';

/** 31^6 is 887 million: two PCs that suggest at the same moment do not meet. */
const RANDOM_LENGTH = 6;

/** `prefix` + the number after the greatest one in use: short, for labels on printers and spools. */
export function suggestNumberedId(prefix: string, usedIds: Iterable<string>): string {
  let greatest = 0;
  for (const id of usedIds) {
    if (!id.startsWith(prefix)) continue;
    const digits = id.slice(prefix.length);
    if (!/^\d{1,9}$/.test(digits)) continue;
    greatest = Math.max(greatest, Number(digits));
  }
  return `${prefix}${greatest + 1}`;
}

/**
 * `j-` + six random characters. Jobs are made at several PCs at the same moment, and two like jobs under one
 * number would count as one job asked for twice; so a job's id is random.
 */
export function suggestJobId(randomBytes: (count: number) => Uint8Array): string {
  let id = 'j-';
  for (const byte of randomBytes(RANDOM_LENGTH)) id += ALPHABET.charAt(byte % ALPHABET.length);
  return id;
}

/** The browser's generator, wrapped so that tests hand in their own. */
export function browserRandomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}
