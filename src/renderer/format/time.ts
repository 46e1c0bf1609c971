/** How times and spans are written for people. Every function is told the time; none asks for it. */

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const clockWithSeconds = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** `14:03:59` in the viewer's own zone: for "data of …". */
export function formatClockSeconds(atMs: number): string {
  return clockWithSeconds.format(atMs);
}

/** `14:03` on the same day as `nowMs`, else `3 May, 14:03`. */
export function formatMoment(atMs: number, nowMs: number): string {
  const sameDay = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return sameDay ? clock.format(atMs) : dayAndClock.format(atMs);
}

/** `45 s`, `12 min`, `3 h 05 min`, `2 d 4 h`. A negative span (two PCs' clocks differ) reads as `0 s`. */
export function formatSpan(spanMs: number): string {
  const ms = Math.max(0, spanMs);
  if (ms < MINUTE_MS) return `${Math.floor(ms / 1000)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) {
    const minutes = String(Math.floor((ms % HOUR_MS) / MINUTE_MS)).padStart(2, '0');
    return `${Math.floor(ms / HOUR_MS)} h ${minutes} min`;
  }
  return `${Math.floor(ms / DAY_MS)} d ${Math.floor((ms % DAY_MS) / HOUR_MS)} h`;
}

/** Reads a wire time (ISO 8601); null when it is none, so that one odd record never blanks a page. */
export function parseWireTime(text: string | null): number | null {
  if (text === null) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
