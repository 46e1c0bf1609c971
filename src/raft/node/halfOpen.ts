/**
 * Connections that have not said who they are yet: how many there may be and how long each may take. A stranger can
 * hold some sockets for some seconds, no more.
 */
import type { Clock } from './ports.ts';

/** From the first TCP packet to an accepted hello. */
export const HELLO_TIMEOUT_MS = 5000;
/** Each costs a TLS state of some 50 KiB; all members of a large farm may knock at once when its leader starts. */
export const HALF_OPEN_MAX = 64;
/** One host may run several nodes behind one address, but must leave room for the others. */
export const HALF_OPEN_PER_HOST_MAX = 16;

export class HalfOpenGate {
  private readonly clock: Clock;
  private readonly perHost = new Map<string, number>();
  private total = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /**
   * Lets one more in, or returns null when too many wait. `tooSlow` is called when the time is over; the returned
   * function ends the wait (it may be called more than once).
   */
  enter(host: string, tooSlow: () => void): (() => void) | null {
    const ofHost = this.perHost.get(host) ?? 0;
    if (this.total >= HALF_OPEN_MAX || ofHost >= HALF_OPEN_PER_HOST_MAX) return null;
    this.total += 1;
    this.perHost.set(host, ofHost + 1);
    const cancelTimer = this.clock.setTimer(HELLO_TIMEOUT_MS, tooSlow);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      cancelTimer();
      this.total -= 1;
      const rest = (this.perHost.get(host) ?? 1) - 1;
      if (rest === 0) this.perHost.delete(host);
      else this.perHost.set(host, rest);
    };
  }
}
