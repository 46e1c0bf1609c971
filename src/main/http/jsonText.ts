/**
 * JSON text to values, stricter than `JSON.parse` and with better answers: it says line and column of a mistake,
 * refuses a name that appears twice, lone surrogates, numbers beyond a double, and deep nesting (I-JSON, RFC 7493).
 * Objects have no prototype: `__proto__` is a name like any other.
 */
import { ok, refused, type Result } from '../../base/result.ts';
import { JSON_DEPTH_MAX } from './limits.ts';

export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** Where and why the text is not what it must be. Both numbers count from 1; columns in UTF-16 units. */
export interface JsonMistake {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LONE_SURROGATE = /\p{Surrogate}/u;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;

/** Ends a parse at once; caught in {@link parseJsonText} and nowhere else. */
class MistakeFound extends Error {
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

class Parser {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  document(): JsonValue {
    const value = this.value(0);
    this.skipSpace();
    if (this.at < this.text.length) this.fail('nothing may follow the JSON value');
    return value;
  }

  private value(depth: number): JsonValue {
    if (depth > JSON_DEPTH_MAX) this.fail(`nested deeper than ${JSON_DEPTH_MAX} levels`);
    this.skipSpace();
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      case undefined:
        return this.fail('the text ends where a value is expected');
      default:
        return this.number();
    }
  }

  private object(depth: number): JsonValue {
    const result = Object.create(null) as Record<string, JsonValue>;
    this.at++;
    this.skipSpace();
    if (this.take('}')) return result;
    for (;;) {
      this.skipSpace();
      const start = this.at;
      if (this.text[this.at] !== '"') this.fail('expected a name in double quotes');
      const name = this.string();
      if (name in result) this.fail(`the name ${JSON.stringify(name.slice(0, 40))} appears twice`, start);
      this.skipSpace();
      if (!this.take(':')) this.fail('expected ":" after a name');
      result[name] = this.value(depth + 1);
      this.skipSpace();
      if (this.take('}')) return result;
      if (!this.take(',')) this.fail('expected "," or "}"');
    }
  }

  private array(depth: number): JsonValue {
    const result: JsonValue[] = [];
    this.at++;
    this.skipSpace();
    if (this.take(']')) return result;
    for (;;) {
      result.push(this.value(depth + 1));
      this.skipSpace();
      if (this.take(']')) return result;
      if (!this.take(',')) this.fail('expected "," or "]"');
    }
  }

  private string(): string {
    const start = this.at++;
    let escaped = false;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (Number.isNaN(code)) this.fail('the text ends inside a string');
      if (code < FIRST_PRINTABLE) this.fail('a control character inside a string must be escaped');
      this.at++;
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        escaped = true;
        this.at++;
      }
    }
    const value = escaped ? this.unescape(start) : this.text.slice(start + 1, this.at - 1);
    if (LONE_SURROGATE.test(value)) this.fail('half of a surrogate pair is not text', start);
    return value;
  }

  /** Only strings with escapes go through `JSON.parse`, one string at a time. */
  private unescape(start: number): string {
    try {
      return JSON.parse(this.text.slice(start, this.at)) as string;
    } catch {
      return this.fail('a string has an unknown escape', start);
    }
  }

  private number(): number {
    NUMBER.lastIndex = this.at;
    const digits = NUMBER.exec(this.text)?.[0];
    if (digits === undefined) return this.fail('expected a value');
    const value = Number(digits);
    if (!Number.isFinite(value)) this.fail('the number is too large');
    this.at += digits.length;
    // Minus zero is zero: no record should differ by it.
    return value === 0 ? 0 : value;
  }

  private word<T extends boolean | null>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.fail('expected a value');
    this.at += word.length;
    return value;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.at++;
    }
  }

  private fail(message: string, at = this.at): never {
    throw new MistakeFound(Math.min(at, this.text.length), message);
  }
}

function mistakeAt(text: string, at: number, message: string): JsonMistake {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: at - lineStart + 1, message };
}

/** The value of a whole JSON text, or its first mistake. Total: no text makes it throw. */
export function parseJsonText(text: string): Result<JsonValue, JsonMistake> {
  try {
    return ok(new Parser(text).document());
  } catch (error) {
    if (error instanceof MistakeFound) return refused(mistakeAt(text, error.at, error.message));
    throw error;
  }
}
