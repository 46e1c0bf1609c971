/** The value form of "it was refused": a refusal is data with a reason, never an exception. */

export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}
export interface Refused<R> {
  readonly ok: false;
  readonly reason: R;
}
/** Either a value or the reason why there is none. */
export type Result<T, R> = Ok<T> | Refused<R>;

export function ok<T>(value: T): Ok<T> {
  return { ok: true, value };
}

export function refused<R>(reason: R): Refused<R> {
  return { ok: false, reason };
}
