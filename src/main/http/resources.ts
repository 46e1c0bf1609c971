/** Printers, filaments and print jobs: from a request's body to the command that it asks for. */
import type { Request, Response, Router } from 'express';
import { gramsToMilligrams } from '../../base/units.ts';
import type { Result } from '../../base/result.ts';
import {
  addFilamentSchema,
  addPrinterSchema,
  createPrintjobSchema,
  type AddFilamentRequest,
  type AddPrinterRequest,
  type CreatePrintjobRequest,
} from '../../contract/requests.ts';
import { ROUTES, SEED_ROUTES, type CollectionName } from '../../contract/routes.ts';
import type { WallMs } from '../../base/units.ts';
import type { Command } from '../../farm/commands.ts';
import { sendProblem, type ProblemDraft } from './answer.ts';
import { readJsonBody } from './body.ts';
import { collections } from './collections.ts';
import { parseRequest, requestShape, type RequestShape } from './input.ts';
import { mount, type Handler } from './mount.ts';
import type { HttpOptions } from './options.ts';
import { answerProposal } from './propose.ts';
import { noQuery, readQuery } from './query.ts';
import { collectionReader, recordReader } from './reads.ts';
import type { Timers } from './timers.ts';

const printerShape = requestShape(addPrinterSchema, ['id']);
const filamentShape = requestShape(addFilamentSchema, ['id']);
const printjobShape = requestShape(createPrintjobSchema, ['id', 'printer_id', 'filament_id']);

function addPrinterCommand(request: AddPrinterRequest, atMs: WallMs): Command {
  const { id, company, model, name } = request;
  return { kind: 'addPrinter', id, company, model, name: name ?? id, atMs };
}

function addFilamentCommand(request: AddFilamentRequest, atMs: WallMs): Command {
  const totalMg = gramsToMilligrams(request.total_weight_in_grams);
  const remaining = request.remaining_weight_in_grams;
  const remainingMg = remaining === undefined ? totalMg : gramsToMilligrams(remaining);
  return {
    kind: 'addFilament',
    id: request.id,
    type: request.type,
    color: request.color,
    totalMg,
    remainingMg,
    atMs,
  };
}

function createJobCommand(request: CreatePrintjobRequest, atMs: WallMs): Command {
  return {
    kind: 'createJob',
    id: request.id,
    printerId: request.printer_id,
    filamentId: request.filament_id,
    filepath: request.filepath,
    printWeightMg: gramsToMilligrams(request.print_weight_in_grams),
    atMs,
  };
}

/** The typed body of a request that takes no parameters beside it. */
async function readRequest<T>(req: Request, shape: RequestShape<T>): Promise<Result<T, ProblemDraft>> {
  const query = readQuery(req, noQuery);
  if (!query.ok) return query;
  const body = await readJsonBody(req);
  return body.ok ? parseRequest(shape, body.value) : body;
}

/** POST that makes a record: body -> command -> outcome. */
function creator<T>(
  options: HttpOptions,
  shape: RequestShape<T>,
  toCommand: (request: T, atMs: WallMs) => Command,
): Handler {
  return async (req: Request, res: Response) => {
    const request = await readRequest(req, shape);
    if (request.ok) {
      await answerProposal(options.cluster, req, res, toCommand(request.value, options.now()));
    } else {
      sendProblem(req, res, request.reason);
    }
  };
}

/** Mounts the three collections at the addresses of `/api/v1` and at the seed's. */
export function mountResources(router: Router, options: HttpOptions, timers: Timers): void {
  const creators: Readonly<Record<CollectionName, Handler>> = {
    printers: creator(options, printerShape, addPrinterCommand),
    filaments: creator(options, filamentShape, addFilamentCommand),
    printjobs: creator(options, printjobShape, createJobCommand),
  };
  for (const name of ['printjobs', 'printers', 'filaments'] as const) {
    const paths = [ROUTES[name], ...SEED_ROUTES[name]];
    const collection = collections[name];
    mount(router, paths, {
      GET: collectionReader(options.cluster, collection, timers),
      POST: creators[name],
    });
    const recordPaths = paths.map((path) => `${path}/:id`);
    mount(router, recordPaths, { GET: recordReader(options.cluster, collection) });
  }
}
