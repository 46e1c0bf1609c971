/** What an error of the storage says about the disk below it. */
import { StorageError } from '../../src/raft/node/storageErrors.ts';

/** The disk's own error behind one of the storage. */
export function diskErrorOf(error: unknown): unknown {
  return error instanceof StorageError && error.code === 'storage_failed' ? error.cause : error;
}

/** The storage refuses to start: term and vote may be gone. */
export function hardStateIsLost(error: unknown): boolean {
  return (
    error instanceof StorageError &&
    (error.code === 'hard_state_damaged' || error.code === 'hard_state_missing')
  );
}
