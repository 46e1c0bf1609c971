/** Everything that can change the farm, and every answer. A command is what a log entry holds. */
import type { Milligrams, WallMs } from '../base/units.ts';
import type { Filament, Invitation, Job, JobStatus, Member, Printer } from './state.ts';

interface Stamped {
  /** When the proposer's clock said the command was made. `apply` keeps the farm's own time monotonic. */
  readonly atMs: WallMs;
}

export type Command =
  | (Stamped & { readonly kind: 'foundFarm'; readonly id: string; readonly name: string })
  | (Stamped & {
      readonly kind: 'addPrinter';
      readonly id: string;
      readonly company: string;
      readonly model: string;
      readonly name: string;
    })
  | (Stamped & {
      readonly kind: 'addFilament';
      readonly id: string;
      readonly type: string;
      readonly color: string;
      readonly totalMg: Milligrams;
      readonly remainingMg: Milligrams;
    })
  | (Stamped & {
      readonly kind: 'createJob';
      readonly id: string;
      readonly printerId: string;
      readonly filamentId: string;
      readonly filepath: string;
      readonly printWeightMg: Milligrams;
    })
  | (Stamped & {
      readonly kind: 'setJobStatus';
      readonly jobId: string;
      readonly status: Exclude<JobStatus, 'queued'>;
    })
  | (Stamped & {
      readonly kind: 'createInvitation';
      readonly id: string;
      readonly secretHash: string;
      readonly expiresAtMs: WallMs;
    })
  | (Stamped & {
      /** A PC that shows an invitation's secret becomes a member; uses the invitation up. */
      readonly kind: 'admitMember';
      readonly invitationId: string;
      readonly secretHash: string;
      readonly member: MemberFacts;
    })
  | (Stamped & {
      /**
       * A member reports where it is reached now and what it runs. The founder enters by it: while there is no
       * member anyone may; afterwards only members, everybody else needs an invitation.
       */
      readonly kind: 'announceMember';
      readonly member: MemberFacts;
    })
  | (Stamped & { readonly kind: 'removeMember'; readonly memberId: string });

export type CommandKind = Command['kind'];
/** The command of one kind. */
export type CommandOf<Kind extends CommandKind> = Extract<Command, { readonly kind: Kind }>;

export interface MemberFacts {
  readonly id: string;
  readonly name: string;
  readonly peerAddress: string;
  readonly httpAddress: string;
  readonly softwareVersion: string;
}

/** Why a command changed nothing. Each is data for the API's problem table; the state is exactly as before. */
export type Refusal =
  | { readonly code: 'farm_exists'; readonly farmId: string }
  | {
      readonly code: 'duplicate_id';
      readonly record: 'printer' | 'filament' | 'job' | 'invitation';
      readonly id: string;
    }
  | { readonly code: 'unknown_printer'; readonly printerId: string }
  | { readonly code: 'unknown_filament'; readonly filamentId: string }
  | { readonly code: 'unknown_job'; readonly jobId: string }
  | { readonly code: 'unknown_member'; readonly memberId: string }
  | {
      readonly code: 'filament_over_committed';
      readonly filamentId: string;
      readonly freeMg: Milligrams;
      readonly wantedMg: Milligrams;
    }
  | {
      readonly code: 'illegal_transition';
      readonly jobId: string;
      readonly from: JobStatus;
      readonly to: JobStatus;
    }
  | { readonly code: 'invitation_unknown' }
  | { readonly code: 'invitation_used' }
  | { readonly code: 'invitation_expired'; readonly expiredAtMs: WallMs }
  /** So many invitations are open that this is a mistake or an attack; wait for one to expire. */
  | { readonly code: 'too_many_invitations'; readonly openMax: number }
  /** A farm without members could be entered by anybody. */
  | { readonly code: 'last_member'; readonly memberId: string }
  /** Values that no honest client sends (the API checks before): nothing is trusted inside the log either. */
  | { readonly code: 'invalid_command'; readonly detail: string };

export type Accepted =
  | { readonly kind: 'farm'; readonly id: string; readonly name: string }
  /** `created` is false when the same content was there already: a retry, not a second record. */
  | { readonly kind: 'printer'; readonly record: Printer; readonly created: boolean }
  | { readonly kind: 'filament'; readonly record: Filament; readonly created: boolean }
  | { readonly kind: 'job'; readonly record: Job; readonly created: boolean }
  | { readonly kind: 'invitation'; readonly record: Invitation }
  | { readonly kind: 'member'; readonly record: Member };

export type Outcome =
  { readonly ok: true; readonly value: Accepted } | { readonly ok: false; readonly reason: Refusal };

/** A record that an applied command made, changed or removed: what a live view must read again. */
export interface Touched {
  readonly collection: 'printers' | 'filaments' | 'jobs' | 'members' | 'invitations' | 'farm';
  readonly id: string;
}
