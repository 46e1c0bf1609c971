/** The operating errors of the storage layer: what an operator or the driver can meet, each with a stable code. */

export type StorageErrorCode =
  /** The directory belongs to another cluster or another node. */
  | 'wrong_directory'
  /** The directory was written by a newer version of the program. */
  | 'unsupported_version'
  /** Log or snapshots without a hard state: term and vote are lost, so starting could vote twice. */
  | 'hard_state_missing'
  /** A hard-state slot is unreadable: it may have held the latest vote. */
  | 'hard_state_damaged'
  /** An earlier write or sync failed; nothing may follow it. */
  | 'storage_failed'
  | 'storage_closed'
  /** No such snapshot is kept here. */
  | 'snapshot_unknown'
  /** A snapshot's bytes fail their checksum. */
  | 'snapshot_damaged'
  /** A received snapshot has not the size or checksum that was announced; it was dropped. */
  | 'snapshot_mismatch'
  | 'snapshot_too_large'
  /** A newer transfer took this one's place. */
  | 'snapshot_superseded'
  /** The system wrote nothing and gave no error. */
  | 'short_write';

/** An operating error: raised here, handled where the driver starts or stops the node. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Whether `error` is the system's or the memory disk's "no such file". */
export function isMissingFile(error: unknown): boolean {
  return error instanceof Error && (error as { readonly code?: unknown }).code === 'ENOENT';
}
