/** Reads a server-sent event stream as a browser would: data lines joined by line feeds, comments noted. */
import { get, type IncomingMessage } from 'node:http';

export interface ReceivedEvent {
  readonly name: string;
  readonly id: string | null;
  readonly data: unknown;
}

export interface EventClient {
  readonly status: number;
  readonly contentType: string;
  /** Comments seen so far. */
  readonly comments: readonly string[];
  /** The next event, in order; rejects when the stream ends first. */
  next(): Promise<ReceivedEvent>;
  /** Resolves when the next comment has come. */
  nextComment(): Promise<string>;
  /** Resolves when the server ended the stream. */
  readonly ended: Promise<void>;
  close(): void;
}

function parseBlock(block: string): ReceivedEvent | string {
  const lines = block.split('\n');
  const field = (name: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  if (lines[0]?.startsWith(':') === true) return lines[0].slice(1).trim();
  const [name] = field('event');
  if (name === undefined) return '';
  return { name, id: field('id')[0] ?? null, data: JSON.parse(field('data').join('\n')) as unknown };
}

/** A queue whose reader waits for what is not there yet. */
class Inbox<T> {
  private readonly items: T[] = [];
  private readonly readers: { resolve(item: T): void; reject(error: Error): void }[] = [];
  private isClosed = false;

  put(item: T): void {
    const reader = this.readers.shift();
    if (reader === undefined) this.items.push(item);
    else reader.resolve(item);
  }

  take(): Promise<T> {
    const item = this.items.shift();
    if (item !== undefined) return Promise.resolve(item);
    if (this.isClosed) return Promise.reject(new Error('the stream has ended'));
    return new Promise((resolve, reject) => this.readers.push({ resolve, reject }));
  }

  close(): void {
    this.isClosed = true;
    for (const reader of this.readers.splice(0)) reader.reject(new Error('the stream has ended'));
  }
}

function connect(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).on('error', reject);
  });
}

export async function openEvents(baseUrl: string, lastEventId?: string): Promise<EventClient> {
  const headers = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId };
  const res = await connect(`${baseUrl}/api/v1/events`, headers);
  const events = new Inbox<ReceivedEvent>();
  const commentInbox = new Inbox<string>();
  const comments: string[] = [];
  let buffer = '';
  res.setEncoding('utf8');
  res.on('data', (chunk: string) => {
    buffer += chunk;
    for (let end = buffer.indexOf('\n\n'); end !== -1; end = buffer.indexOf('\n\n')) {
      const parsed = parseBlock(buffer.slice(0, end));
      buffer = buffer.slice(end + 2);
      if (typeof parsed !== 'string') events.put(parsed);
      else if (parsed !== '') {
        comments.push(parsed);
        commentInbox.put(parsed);
      }
    }
  });
  res.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    res.on('close', () => {
      events.close();
      commentInbox.close();
      resolve();
    });
  });
  return {
    status: res.statusCode ?? 0,
    contentType: res.headers['content-type'] ?? '',
    comments,
    next: () => events.take(),
    nextComment: () => commentInbox.take(),
    ended,
    close: () => res.destroy(),
  };
}
