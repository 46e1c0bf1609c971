/** The second of our three kinds of errors: the world failed (disk full, port taken), the program is sound. */

/** What an operating error is called in logs, tests and dialogs. */
export type OperatingErrorCode =
  /** Another live process uses the data directory. */
  | 'data_dir_in_use'
  /** The directory holds something that is not ours, so nothing is written into it. */
  | 'data_dir_not_ours'
  /** The data directory cannot be created or written. */
  | 'data_dir_unusable'
  /** A small file of ours does not hold what we wrote. */
  | 'file_corrupt'
  /** No node runs on the data directory, so there is nobody to ask. */
  | 'node_not_running'
  /** The node answered, but not with what was asked for. */
  | 'node_refused'
  /** The log holds a command of a newer program: this one must not go on without understanding it. */
  | 'program_too_old'
  /** A snapshot passed its checksums but does not hold a farm: a bug, or a newer program's. */
  | 'snapshot_unreadable'
  /** The invitation is no good, or no member could be asked; the message says which. */
  | 'invitation_refused'
  /** The directory belongs to another farm than the one asked for. */
  | 'farm_exists_here'
  /** The first commands of a new farm did not go through. */
  | 'founding_failed';

/** `message` is a whole sentence for the operator; `cause` keeps what the system said. */
export class OperatingError extends Error {
  override readonly name = 'OperatingError';
  readonly code: OperatingErrorCode;

  constructor(code: OperatingErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
