/** A request's body: bounded, complete, UTF-8, JSON. Shapes are checked elsewhere (`input.ts`). */
import type { IncomingMessage } from 'node:http';
import { ok, refused, type Result } from '../../base/result.ts';
import { BODY_BYTES_MAX } from '../../contract/limits.ts';
import type { ProblemDraft } from './answer.ts';
import { parseJsonText, type JsonValue } from './jsonText.ts';
import { BODY_DRAIN_BYTES_MAX, ECHO_CHARS_MAX } from './limits.ts';

const JSON_MEDIA_TYPE = /^application\/(?:json|[a-z0-9.+-]+\+json)$/i;
const UTF8_NAME = /^"?utf-?8"?$/i;
const utf8 = new TextDecoder('utf-8', { fatal: true });

const EXAMPLE = 'send JSON with the header "Content-Type: application/json"';

const tooLarge: ProblemDraft = {
  code: 'body_too_large',
  detail: `The body is larger than ${BODY_BYTES_MAX} bytes; nothing was changed.`,
  headers: { Connection: 'close' },
};

const cutOff: ProblemDraft = {
  code: 'malformed_request',
  detail: 'The body ended before it was complete; nothing was changed.',
};

/** True when the request says that a body comes with it. */
export function hasBody(req: IncomingMessage): boolean {
  const length = req.headers['content-length'];
  return req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** Refuses anything that is not JSON in UTF-8, by its headers alone. */
function checkMediaType(req: IncomingMessage): ProblemDraft | null {
  const encoding = req.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return {
      code: 'unsupported_media_type',
      detail: 'Compressed bodies are not taken; send the JSON as it is.',
    };
  }
  const [type = '', ...parameters] = (req.headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim());
  if (!JSON_MEDIA_TYPE.test(type)) {
    const got =
      type === '' ? 'The body has no Content-Type' : `The body is "${type.slice(0, ECHO_CHARS_MAX)}"`;
    return { code: 'unsupported_media_type', detail: `${got}; ${EXAMPLE}.` };
  }
  for (const parameter of parameters) {
    const [name = '', value = ''] = parameter.split('=');
    if (name.toLowerCase() === 'charset' && !UTF8_NAME.test(value)) {
      return { code: 'unsupported_media_type', detail: 'The body must be UTF-8.' };
    }
  }
  return null;
}

/** Reads all bytes of the body; keeps at most {@link BODY_BYTES_MAX} of them in memory. Never rejects. */
function readBytes(req: IncomingMessage): Promise<Result<Buffer, ProblemDraft>> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let sizeBytes = 0;
    req.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= BODY_BYTES_MAX) {
        chunks.push(chunk);
        return;
      }
      chunks = [];
      if (sizeBytes > BODY_DRAIN_BYTES_MAX) {
        req.pause();
        resolve(refused(tooLarge));
      }
    });
    req.on('end', () => {
      if (sizeBytes > BODY_BYTES_MAX) resolve(refused(tooLarge));
      else resolve(ok(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)));
    });
    req.on('error', () => resolve(refused(cutOff)));
    req.on('close', () => resolve(refused(cutOff)));
  });
}

/** Bytes to a JSON value; says line and column of a mistake. */
function parseBytes(bytes: Buffer): Result<JsonValue, ProblemDraft> {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return refused({ code: 'malformed_json', detail: 'The body is not UTF-8 text; send JSON in UTF-8.' });
  }
  if (text.trim() === '') {
    return refused({ code: 'malformed_json', detail: `The body is empty; ${EXAMPLE}.` });
  }
  const parsed = parseJsonText(text);
  if (parsed.ok) return parsed;
  const { line, column, message } = parsed.reason;
  return refused({
    code: 'malformed_json',
    detail: `The body is not valid JSON at line ${line}, column ${column}: ${message}.`,
  });
}

/** The JSON value of a request's body, or the problem to answer with. Never rejects. */
export async function readJsonBody(req: IncomingMessage): Promise<Result<JsonValue, ProblemDraft>> {
  if (!hasBody(req)) {
    return refused({ code: 'malformed_json', detail: `The body is empty; ${EXAMPLE}.` });
  }
  const wrongType = checkMediaType(req);
  const bytes = await readBytes(req);
  if (!bytes.ok) return bytes;
  return wrongType === null ? parseBytes(bytes.value) : refused(wrongType);
}
