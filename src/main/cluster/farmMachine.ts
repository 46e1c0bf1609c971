/** The farm as Raft's state machine: log entries become commands, the state becomes a snapshot's bytes and back. */
import type { Result } from '../../base/result.ts';
import type { Entry } from '../../raft/index.ts';
import type { StateMachine } from '../../raft/node/ports.ts';
import { applyCommand } from '../../farm/apply.ts';
import { decodeCommand } from '../../farm/commandCodec.ts';
import type { Outcome, Touched } from '../../farm/commands.ts';
import { createRestorer, type SnapshotRefusal } from '../../farm/restorer.ts';
import { snapshotSlices } from '../../farm/snapshot.ts';
import { emptyFarm, type FarmState } from '../../farm/state.ts';
import { OperatingError } from '../operatingError.ts';

/** A snapshot is parsed in pieces of this size, with a pause for the event loop after each (about 1 ms of work). */
const RESTORE_PIECE_BYTES = 32 * 1024;

/** What applying one entry gave. */
export interface Applied {
  readonly outcome: Outcome;
  readonly touched: readonly Touched[];
}

export class FarmMachine implements StateMachine {
  readonly #yieldTurn: () => Promise<void>;
  #state: FarmState = emptyFarm;

  /** `yieldTurn` lets other work run between the pieces of a snapshot; the simulator passes its own. */
  constructor(yieldTurn: () => Promise<void> = eventLoopTurn) {
    this.#yieldTurn = yieldTurn;
  }

  get state(): FarmState {
    return this.#state;
  }

  /**
   * Applies one committed command. Throws when the command is of a newer program: this node must stop, because
   * skipping it would make its farm another one than everybody else's.
   */
  apply(entry: Entry): Applied {
    const command = decodeCommand(Buffer.from(entry.data).toString('utf8'));
    if (!command.ok) {
      if (command.reason.code === 'invalid_command') {
        return { outcome: { ok: false, reason: command.reason }, touched: [] };
      }
      throw new OperatingError(
        'program_too_old',
        `The farm uses something that this version of Raft3D does not know (${command.reason.detail}, log entry ` +
          `${String(entry.index)}). Update Raft3D on this PC; its data is kept and nothing is lost.`,
      );
    }
    const { state, outcome, touched } = applyCommand(this.#state, command.value);
    this.#state = state;
    return { outcome, touched };
  }

  /** The state of this moment; later commands do not change what is streamed. */
  snapshot(): Iterable<Uint8Array> {
    return utf8(snapshotSlices(this.#state));
  }

  async restore(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const restorer = createRestorer();
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += RESTORE_PIECE_BYTES) {
        const piece = chunk.subarray(at, at + RESTORE_PIECE_BYTES);
        take(restorer.write(decoder.decode(piece, { stream: true })));
        await this.#yieldTurn();
      }
    }
    take(restorer.write(decoder.decode()));
    this.#state = take(restorer.finish());
  }
}

function* utf8(slices: Iterable<string>): Generator<Uint8Array> {
  for (const slice of slices) yield Buffer.from(slice, 'utf8');
}

function take<T>(result: Result<T, SnapshotRefusal>): T {
  if (result.ok) return result.value;
  const { code, line, detail } = result.reason;
  throw new OperatingError(
    'snapshot_unreadable',
    `A snapshot of the farm is unreadable: ${code}, line ${String(line)}: ${detail}`,
  );
}

function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
