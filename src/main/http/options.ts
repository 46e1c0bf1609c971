/** What the HTTP server is made from: everything it needs is handed in, it looks nothing up. */
import type { WallMs } from '../../base/units.ts';
import type { Cluster, InvitationResult } from '../cluster/port.ts';
import type { HostPort } from '../farmNodeTypes.ts';
import type { Log } from '../log.ts';
import type { Timers } from './timers.ts';

export interface HttpOptions {
  readonly cluster: Cluster;
  /** Folder with the built window (`index.html` in it); null = this build has none. */
  readonly rendererDir: string | null;
  readonly log: Log;
  /** Makes a one-time permission for one more PC, good for `validForMs`. */
  createInvitation(validForMs: number): Promise<InvitationResult>;
  /** Name of the farm, or of this PC while there is no farm. */
  farmName(): string;
  /** The wall clock: commands are stamped with it. */
  now(): WallMs;
  /** Absent = the process's own timers. */
  readonly timers?: Timers;
}

export interface HttpServerOptions extends HttpOptions {
  /** Loopback; port 0 = any free port. */
  readonly listen: HostPort;
}
