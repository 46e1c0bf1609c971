/** Reading collections: whole, as an object keyed by id, or one record; linearizable unless the client says local. */
import type { OutgoingHttpHeaders } from 'node:http';
import type { Request, Response } from 'express';
import { ok, refused, type Result } from '../../base/result.ts';
import { APPLIED_INDEX_HEADER, LEADER_CONTACT_HEADER } from '../../contract/routes.ts';
import type { FarmState } from '../../farm/state.ts';
import type { Cluster } from '../cluster/port.ts';
import { API_HEADERS, sendJsonText, sendProblem, type ProblemDraft } from './answer.ts';
import { objectPieces, type Collection } from './collections.ts';
import { echo } from './input.ts';
import { READ_DEADLINE_MS } from './limits.ts';
import type { Handler } from './mount.ts';
import { readQuery } from './query.ts';
import { failureProblem } from './refusals.ts';
import { gatherSlices, writeSlices } from './slicedBody.ts';
import type { Timers } from './timers.ts';

/** `linearizable` sees every change acknowledged before the request; `local` answers at once, maybe from the past. */
const readQueryShape = { consistency: ['linearizable', 'local'] } as const;

interface Read {
  readonly state: FarmState;
  readonly headers: OutgoingHttpHeaders;
}

async function readState(cluster: Cluster, req: Request): Promise<Result<Read, ProblemDraft>> {
  const query = readQuery(req, readQueryShape);
  if (!query.ok) return query;
  const isLocal = query.value.consistency === 'local';
  const result = isLocal ? cluster.readLocal() : await cluster.read(READ_DEADLINE_MS);
  if (result.kind !== 'state') return refused(failureProblem(result.kind));
  const headers: OutgoingHttpHeaders = { [APPLIED_INDEX_HEADER]: result.appliedIndex };
  if (isLocal) headers[LEADER_CONTACT_HEADER] = result.leaderContactMs ?? 'never';
  return ok({ state: result.state, headers });
}

/** A small collection goes out whole, with its length; a large one in slices. */
async function sendCollection(
  res: Response,
  collection: Collection,
  read: Read,
  timers: Timers,
): Promise<void> {
  const slices = gatherSlices(objectPieces(collection.texts(read.state), ',\n'));
  const first = slices.next().value ?? '';
  const second = slices.next().value;
  if (second === undefined) {
    sendJsonText(res, 200, first, read.headers);
    return;
  }
  res.writeHead(200, { ...API_HEADERS, 'Content-Type': 'application/json; charset=utf-8', ...read.headers });
  if (res.req.method !== 'HEAD') {
    if ((await writeSlices(res, [first, second], timers)) === 'gone') return;
    if ((await writeSlices(res, slices, timers)) === 'gone') return;
  }
  res.end('\n');
}

/** GET of a whole collection. */
export function collectionReader(cluster: Cluster, collection: Collection, timers: Timers): Handler {
  return async (req, res) => {
    const read = await readState(cluster, req);
    if (read.ok) await sendCollection(res, collection, read.value, timers);
    else sendProblem(req, res, read.reason);
  };
}

/** GET of one record: 404 when there is none. */
export function recordReader(cluster: Cluster, collection: Collection): Handler {
  return async (req, res) => {
    const read = await readState(cluster, req);
    if (!read.ok) {
      sendProblem(req, res, read.reason);
      return;
    }
    const id = String(req.params['id']);
    const text = collection.textOf(read.value.state, id);
    if (text !== null) {
      sendJsonText(res, 200, text, read.value.headers);
      return;
    }
    sendProblem(req, res, {
      code: 'record_not_found',
      detail: `There is no ${collection.noun} "${echo(id)}".`,
      headers: read.value.headers,
    });
  };
}
