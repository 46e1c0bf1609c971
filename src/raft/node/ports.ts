/**
 * The five ports of the driver. Everything that is not pure reaches it through these, so that the simulator runs
 * the very same driver, storage and recovery code with a virtual clock, network and disk.
 */
import type { Entry, Message, NodeId, SnapshotMeta } from '../core/types.ts';

/** Monotonic time and timers. */
export interface Clock {
  /** Milliseconds that never run backwards; only differences mean anything. */
  nowMs(): number;
  /** Calls `callback` once, not before `delayMs` have passed. Returns the cancel function. */
  setTimer(delayMs: number, callback: () => void): () => void;
}

/** One open file of a {@link Disk}. Every call rejects with the operating system's error; nothing is retried. */
export interface DiskFile {
  size(): Promise<number>;
  /** Reads exactly `length` bytes, or fewer when the file ends before. */
  read(position: number, length: number): Promise<Uint8Array>;
  /** Writes all bytes of all chunks, one after the other from `position`; a short write is an error. */
  write(position: number, chunks: readonly Uint8Array[]): Promise<void>;
  /** Data (and the size needed to read it) is durable when this resolves (fdatasync). */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** One flat directory. Names are plain file names, no separators. */
export interface Disk {
  list(): Promise<readonly string[]>;
  /** `create`: make it, fail when it exists. `readWrite`/`read`: fail with code ENOENT when it does not. */
  open(name: string, mode: 'create' | 'readWrite' | 'read'): Promise<DiskFile>;
  /** Replaces `to` when it exists (atomic). */
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Makes creations, renames and removals durable; does nothing where the system has no such call (Windows). */
  syncDirectory(): Promise<void>;
}

/** What the driver must make durable for one Ready, in this order. */
export interface StorageBatch {
  /** A snapshot received and kept by {@link RaftStorage.receiveSnapshot}: make it current, drop the log it covers. */
  readonly snapshot: SnapshotMeta | null;
  readonly truncateFrom: number | null;
  readonly entries: readonly Entry[];
  readonly hardState: { readonly term: number; readonly vote: NodeId | null; readonly commit: number } | null;
  readonly mustSync: boolean;
}

/** The application's side: the farm. All synchronous but restoring, all deterministic. */
export interface StateMachine {
  /** Applies one committed command entry; the result is handed to whoever proposed it here. */
  apply(entry: Entry): unknown;
  /** Captures the present state (cheap: a reference) and streams it in slices of at most 64 KiB or so. */
  snapshot(): Iterable<Uint8Array>;
  /** Replaces the whole state. Rejects when the bytes are no snapshot; the state is then unchanged. */
  restore(chunks: AsyncIterable<Uint8Array>): Promise<void>;
}

/** Where a link to another node stands, for people and metrics. */
export interface LinkState {
  readonly connected: boolean;
  /** Milliseconds since the last frame from it, null when none since start. */
  readonly lastHeardMs: number | null;
}

/** Messages to and from other nodes. Delivery is best effort: loss, duplication and reordering are legal. */
export interface Net {
  /** Never blocks, never throws; drops when the peer's queue is full or there is no address for it. */
  send(message: Message): void;
  /**
   * Streams a snapshot's bytes, then the `snapshot` message. Resolves true when the peer has stored and checked all
   * of it, false on any failure. `open(offset)` reads from that byte on, so that a broken transfer resumes.
   */
  sendSnapshot(
    message: Extract<Message, { t: 'snapshot' }>,
    open: (offset: number) => AsyncIterable<Uint8Array>,
  ): Promise<boolean>;
  /** The driver's ears; set once, before anything is received. */
  listen(handler: NetHandler): void;
  link(peer: NodeId): LinkState;
}

export interface NetHandler {
  message(message: Message): void;
  /** Takes in a snapshot's bytes; resolves when they are durable and checked. Then `message` is called. */
  snapshot(meta: SnapshotMeta): Promise<SnapshotSink>;
  /** The connection to `peer` broke or its queue overflowed. */
  unreachable(peer: NodeId): void;
}

/** Receives one snapshot. */
export interface SnapshotSink {
  /** Bytes already kept of this very snapshot (same id and checksum) from an earlier, broken transfer. */
  readonly offset: number;
  write(chunk: Uint8Array): Promise<void>;
  /** Checks size and SHA-256 against the meta, syncs, and keeps it ready for `StorageBatch.snapshot`. */
  finish(): Promise<void>;
  /** The connection broke: keep what is there for a resume. */
  abort(): Promise<void>;
}
