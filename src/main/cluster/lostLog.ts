/**
 * A log that had begun and is found empty was lost, and with it this node's term and votes (a wiped disk, a restored
 * folder). The node may vote again only when the other PCs have brought it up to date. That takes a while, so the
 * loss is written down first: a crash on the way must not make the half-filled log look like a whole one.
 */
import { rmSync } from 'node:fs';
import type { Persisted } from '../../raft/index.ts';
import { raftDirectory } from '../dataDirectory.ts';
import type { Log } from '../log.ts';
import { writeFarmFile, type FarmFile } from './farmFile.ts';

export class LostLog {
  readonly #dataDir: string;
  readonly #log: Log;
  #file: FarmFile;

  constructor(dataDir: string, file: FarmFile, log: Log) {
    this.#dataDir = dataDir;
    this.#file = file;
    this.#log = log;
  }

  /** Before the storage is opened: what an unfinished recovery left is thrown away, it begins again. */
  clearUnfinished(): void {
    if (this.#file.logLost) rmSync(raftDirectory(this.#dataDir), { recursive: true, force: true });
  }

  /** What the core is to be told about what the storage found. `isFresh`: the node has just joined or founded. */
  judge(found: Persisted, isFresh: boolean): Persisted {
    const empty = found.entries.length === 0 && found.snapshot === null && found.hardState.term === 0;
    if (isFresh || !this.#file.logStarted || !empty) {
      if (found.integrity.kind === 'damaged') this.#warn('records of the log are damaged');
      return found;
    }
    this.#write({ ...this.#file, logLost: true });
    this.#warn('the log of this PC is gone');
    return { ...found, integrity: { kind: 'damaged', from: 1, until: Number.MAX_SAFE_INTEGER } };
  }

  /** The other PCs made it whole again. */
  recovered(): void {
    if (this.#file.logLost) this.#write({ ...this.#file, logLost: false });
  }

  #write(file: FarmFile): void {
    this.#file = file;
    writeFarmFile(this.#dataDir, file);
  }

  #warn(what: string): void {
    this.#log.warn(
      `${what}: it is fetched again from the other PCs of the farm, and until then this one does not vote. ` +
        'If there is no other PC, restore this folder from a backup.',
    );
  }
}
