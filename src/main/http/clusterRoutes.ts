/** The cluster as this node sees it, the PCs of the farm, and invitations for more of them. */
import type { Router } from 'express';
import { INVITATION_HOURS_DEFAULT } from '../../contract/limits.ts';
import type { InvitationRecord } from '../../contract/records.ts';
import { createInvitationSchema, type CreateInvitationRequest } from '../../contract/requests.ts';
import { ROUTES } from '../../contract/routes.ts';
import { ok, type Result } from '../../base/result.ts';
import type { IncomingMessage } from 'node:http';
import { sendJson, sendJsonText, sendProblem, type ProblemDraft } from './answer.ts';
import { hasBody, readJsonBody } from './body.ts';
import { objectPieces } from './collections.ts';
import { parseRequest, requestShape } from './input.ts';
import { mount, type Handler } from './mount.ts';
import type { HttpOptions } from './options.ts';
import { noQuery, readQuery } from './query.ts';
import { failureProblem, refusalProblem } from './refusals.ts';
import { clusterRecord, memberRecords, timestamp } from './wire.ts';

const MS_PER_HOUR = 3_600_000;
const invitationShape = requestShape(createInvitationSchema, []);

async function readInvitationRequest(
  req: IncomingMessage,
): Promise<Result<CreateInvitationRequest, ProblemDraft>> {
  const query = readQuery(req, noQuery);
  if (!query.ok) return query;
  if (!hasBody(req)) return ok({});
  const body = await readJsonBody(req);
  return body.ok ? parseRequest(invitationShape, body.value) : body;
}

function inviter(options: HttpOptions): Handler {
  return async (req, res) => {
    const request = await readInvitationRequest(req);
    if (!request.ok) {
      sendProblem(req, res, request.reason);
      return;
    }
    const hours = request.value.valid_for_hours ?? INVITATION_HOURS_DEFAULT;
    const result = await options.createInvitation(hours * MS_PER_HOUR);
    if (result.kind === 'created') {
      const body: InvitationRecord = { token: result.token, expires_at: timestamp(result.expiresAtMs) };
      sendJson(res, 201, body);
    } else if (result.kind === 'refused') {
      sendProblem(req, res, refusalProblem(result.reason));
    } else {
      sendProblem(req, res, failureProblem(result.kind));
    }
  };
}

/** A read of this node's own view: never waits for the cluster. */
function viewer(text: () => string): Handler {
  return (req, res) => {
    const query = readQuery(req, noQuery);
    if (query.ok) sendJsonText(res, 200, text());
    else sendProblem(req, res, query.reason);
  };
}

export function mountCluster(router: Router, options: HttpOptions): void {
  const { cluster } = options;
  const clusterText = (): string =>
    JSON.stringify(clusterRecord(cluster.readLocal().state, cluster.status(), options.farmName()));
  const membersText = (): string => {
    const members = memberRecords(cluster.readLocal().state, cluster.status());
    const entries = members.map((member) => [member.id, JSON.stringify(member)] as const);
    return [...objectPieces(entries, ',\n')].join('');
  };
  mount(router, [ROUTES.cluster], { GET: viewer(clusterText) });
  mount(router, [ROUTES.members], { GET: viewer(membersText) });
  mount(router, [ROUTES.invitations], { POST: inviter(options) });
}
