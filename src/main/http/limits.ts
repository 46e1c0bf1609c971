/** Every limit of the HTTP server, with its reason. Those that clients should know are in `contract/limits.ts`. */

/** How long a change waits for a leader and its outcome: an election (about 1 s) twice over, with room. */
export const PROPOSE_DEADLINE_MS = 5_000;
/** How long a linearizable read waits for the leader: as a change. */
export const READ_DEADLINE_MS = 5_000;

/** A body above the limit is read and thrown away up to here, so that the client gets to read its 413. */
export const BODY_DRAIN_BYTES_MAX = 16 * 1_048_576;
/** Deepest nesting of a JSON body: our shapes are flat; the rest is an attack on the stack. */
export const JSON_DEPTH_MAX = 16;
/** Wrong places named in one problem: more would not be read by anyone. */
export const FIELD_ERRORS_MAX = 16;
/** Longest piece of a client's own text that an error repeats. */
export const ECHO_CHARS_MAX = 80;

/** Text made in one turn of the event loop while a long answer is written: about a quarter of a millisecond of work. */
export const SLICE_CHARS = 32_768;
/** A client that takes nothing for this long is gone: its connection is ended and what it holds is freed. */
export const DRAIN_TIMEOUT_MS = 30_000;

/** A request's headers must arrive within this: typing by hand works, a slow-header attack does not. */
export const HEADERS_TIMEOUT_MS = 10_000;
/** A whole request must arrive within this: 1 MiB at a very slow 35 KB/s. */
export const REQUEST_TIMEOUT_MS = 30_000;
/** How often the two limits above are looked at. */
export const CONNECTIONS_CHECK_MS = 5_000;
/** Longer than the usual clients and proxies keep an idle connection (60 s): they close first, no request is lost. */
export const KEEP_ALIVE_TIMEOUT_MS = 75_000;
/** Node's own default, pinned: no header of ours comes near it. */
export const HEADERS_BYTES_MAX = 16_384;
/** A window, its live views, scripts and slicers of one PC: tens. Above this something leaks. */
export const CONNECTIONS_MAX = 512;

/** Live views open at one time: each costs one patch per {@link PATCH_PERIOD_MS} of `contract/events.ts`. */
export const EVENT_CLIENTS_MAX = 64;
/** A comment line keeps proxies and NAT tables from forgetting a quiet stream. */
export const HEARTBEAT_PERIOD_MS = 15_000;
/** Records that may wait for one client; above this a fresh snapshot is cheaper than the queue. */
export const PENDING_RECORDS_MAX = 10_000;
/** Batches of changed ids kept for resuming clients: at least a minute at ten a second. */
export const HISTORY_BATCHES_MAX = 600;
/** Changed ids kept for resuming clients in all: about a megabyte. */
export const HISTORY_RECORDS_MAX = 20_000;
/** What EventSource is told to wait before it connects again. */
export const EVENT_RETRY_MS = 1_000;

/** Orderly stop: answers under way get this long, then their connections are cut. */
export const STOP_GRACE_MS = 2_000;
