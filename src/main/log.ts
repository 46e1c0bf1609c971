/**
 * The node's log: one line an event, on stderr. People's words come first, facts follow as named fields.
 * It does not write files and never throws: a lost log line must not stop a print.
 */

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Facts of an event; names in camelCase with the unit last. An `Error` is written with its code, cause and stack. */
export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The same log with `fields` added to every line. */
  child(fields: LogFields): Log;
}

/** Where lines go and what time it is: handed in, so that tests see exact lines. */
export interface LogSink {
  /** `json` for machines, `text` for a terminal. */
  readonly format: 'json' | 'text';
  /** Lines below this level are dropped. */
  readonly level: LogLevel;
  /** Writes one line, newline included. */
  write(line: string): void;
  /** The time of the line. */
  now(): Date;
}

/** Longest text of one field: a log line is for reading, not for shipping data. */
export const FIELD_LENGTH_MAX = 8_192;
/** Deepest chain of `cause` that is written; longer chains are loops. */
const CAUSE_DEPTH_MAX = 5;

const LEVEL_RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** The plain data of an error: name, message, code, stack, cause. */
function describeError(error: Error, depth: number): Record<string, unknown> {
  const described: Record<string, unknown> = { name: error.name, message: error.message, stack: error.stack };
  if ('code' in error) described['code'] = error.code;
  if (error.cause !== undefined && depth < CAUSE_DEPTH_MAX) {
    described['cause'] = error.cause instanceof Error ? describeError(error.cause, depth + 1) : error.cause;
  }
  return described;
}

function toJsonValue(_key: string, value: unknown): unknown {
  if (value instanceof Error) return describeError(value, 0);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string' && value.length > FIELD_LENGTH_MAX)
    return `${value.slice(0, FIELD_LENGTH_MAX)}…`;
  return value;
}

/** JSON that never throws: a field that cannot be written says so in its place. */
function stringify(value: unknown): string {
  try {
    // These have no JSON at all; what they are is all that a line can say.
    if (typeof value === 'function' || typeof value === 'symbol') return `"${typeof value}"`;
    return JSON.stringify(value, toJsonValue);
  } catch (error) {
    return JSON.stringify(`not writable as JSON: ${String(error)}`);
  }
}

function formatJson(level: LogLevel, time: Date, message: string, fields: LogFields): string {
  const head = `{"time":"${time.toISOString()}","level":"${level}","message":${stringify(message)}`;
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `,${JSON.stringify(name)}:${stringify(value)}`);
  return `${head}${rest.join('')}}\n`;
}

/** One field for people: short values bare, an error as its message with the stack on the lines below. */
function formatTextField(name: string, value: unknown): string {
  if (value instanceof Error) return `${name}=${value.stack ?? value.message}`;
  const text = typeof value === 'string' && !/[\s"=]/.test(value) ? value : stringify(value);
  return `${name}=${text}`;
}

function formatText(level: LogLevel, time: Date, message: string, fields: LogFields): string {
  const clock = time.toISOString().slice(11, 23);
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${formatTextField(name, value)}`);
  return `${clock} ${level.toUpperCase().padEnd(5)} ${message}${rest.join('')}\n`;
}

/** A log over any sink. */
export function createLog(sink: LogSink, base: LogFields = {}): Log {
  const write = (level: LogLevel, message: string, fields: LogFields | undefined): void => {
    if (LEVEL_RANK[level] < LEVEL_RANK[sink.level]) return;
    const all = fields === undefined ? base : { ...base, ...fields };
    const format = sink.format === 'json' ? formatJson : formatText;
    sink.write(format(level, sink.now(), message, all));
  };
  return {
    debug: (message, fields) => write('debug', message, fields),
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
    child: (fields) => createLog(sink, { ...base, ...fields }),
  };
}

/** `auto`: text on a terminal and JSON otherwise. */
export type LogFormat = 'auto' | 'text' | 'json';

/** The program's own log, on stderr. */
export function createStderrLog(level: LogLevel, format: LogFormat): Log {
  const automatic = process.stderr.isTTY ? 'text' : 'json';
  return createLog({
    format: format === 'auto' ? automatic : format,
    level,
    // A closed stderr (the terminal went away) is an event nobody can read about; it must not end the node.
    write: (line) => void process.stderr.write(line, () => undefined),
    now: () => new Date(),
  });
}
