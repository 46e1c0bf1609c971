/** The transport's facts as log lines: what a person who runs the farm wants to see, at the level it deserves. */
import type { TransportEvent } from '../../raft/node/transportTypes.ts';
import type { Log } from '../log.ts';

/** A PC that is off is dialled again and again: one line for it in this time is enough. */
const QUIET_MS = 60_000;
/** Things remembered as said; a flood of strangers must not grow this for ever. */
const SAID_MAX = 1_000;

export function transportReporter(log: Log): (event: TransportEvent) => void {
  const said = new Map<string, number>();
  const isNews = (key: string): boolean => {
    const now = performance.now();
    const last = said.get(key);
    if (last !== undefined && now - last < QUIET_MS) return false;
    if (said.size >= SAID_MAX) said.clear();
    said.set(key, now);
    return true;
  };
  return (event) => {
    switch (event.kind) {
      case 'connected':
        said.delete(`dial ${event.peer}`);
        log.debug('connected to a member', { ...event });
        return;
      case 'disconnected':
      case 'skipped':
        log.debug(`peer connection: ${event.kind}`, { ...event });
        return;
      case 'dial_failed':
        if (isNews(`dial ${event.peer}`)) log.info('a member is not reachable; trying on', { ...event });
        return;
      case 'refused':
        if (isNews(`refused ${event.address} ${event.refusal.code}`))
          log.warn('a peer connection was refused', { ...event });
        return;
      case 'garbage':
      case 'too_many_half_open':
        if (isNews(`${event.kind} ${event.address}`)) log.warn(`peer port: ${event.kind}`, { ...event });
        return;
      case 'overflow':
      case 'oversized':
        if (isNews(`${event.kind} ${event.peer}`))
          log.warn(`messages to a member were dropped: ${event.kind}`, { ...event });
        return;
      case 'snapshot':
        log.info('snapshot transfer', { ...event });
        return;
    }
  };
}
