/** Sends one command through the cluster and answers with the record that came of it. */
import type { Request, Response } from 'express';
import { assert, assertNever } from '../../base/assert.ts';
import { APPLIED_INDEX_HEADER, recordPath, type CollectionName } from '../../contract/routes.ts';
import type { Accepted, Command } from '../../farm/commands.ts';
import type { Cluster } from '../cluster/port.ts';
import { sendJson, sendProblem } from './answer.ts';
import { PROPOSE_DEADLINE_MS } from './limits.ts';
import { failureProblem, refusalProblem } from './refusals.ts';
import { filamentRecord, printerRecord, printjobRecord } from './wire.ts';

interface Presented {
  readonly collection: CollectionName;
  readonly id: string;
  readonly body: object;
}

/** The record of an accepted command as the API shows it. */
function present(accepted: Accepted): Presented {
  switch (accepted.kind) {
    case 'printer':
      return { collection: 'printers', id: accepted.record.id, body: printerRecord(accepted.record) };
    case 'filament':
      return { collection: 'filaments', id: accepted.record.id, body: filamentRecord(accepted.record) };
    case 'job':
      return { collection: 'printjobs', id: accepted.record.id, body: printjobRecord(accepted.record) };
    case 'farm':
    case 'invitation':
    case 'member':
      assert(false, `no address of the API proposes what gives a ${accepted.kind}`);
      break;
    default:
      assertNever(accepted);
  }
}

function isCreation(accepted: Accepted, command: Command): boolean {
  return command.kind !== 'setJobStatus' && 'created' in accepted && accepted.created;
}

/**
 * Answers 201 with Location for a new record, 200 for a repeated or changed one, else the problem. The answer is sent
 * only when the command is durable on a majority and applied on this node.
 */
export async function answerProposal(
  cluster: Cluster,
  req: Request,
  res: Response,
  command: Command,
): Promise<void> {
  const result = await cluster.propose(command, PROPOSE_DEADLINE_MS);
  if (result.kind !== 'applied') {
    sendProblem(req, res, failureProblem(result.kind));
    return;
  }
  const headers = { [APPLIED_INDEX_HEADER]: result.appliedIndex };
  const { outcome } = result;
  if (!outcome.ok) {
    sendProblem(req, res, { ...refusalProblem(outcome.reason), headers });
    return;
  }
  const { collection, id, body } = present(outcome.value);
  if (isCreation(outcome.value, command)) {
    sendJson(res, 201, body, { ...headers, Location: recordPath(collection, id) });
  } else {
    sendJson(res, 200, body, headers);
  }
}
