/** The one place where a refusal by the farm, or a failure of the cluster, becomes a problem in plain words. */
import { assertNever } from '../../base/assert.ts';
import { milligramsToGrams } from '../../base/units.ts';
import type { Refusal } from '../../farm/commands.ts';
import type { ProposeResult } from '../cluster/port.ts';
import type { ProblemDraft } from './answer.ts';

/** What is wrong and what to do, for each reason that the farm can give. */
function refusalDetail(reason: Refusal): string {
  switch (reason.code) {
    case 'farm_exists':
      return 'This PC belongs to a farm already; a second one cannot be founded on it.';
    case 'duplicate_id':
      return `There is a ${reason.record} "${reason.id}" with other content already; choose another id, or send exactly the same content to repeat the request.`;
    case 'unknown_printer':
      return `There is no printer "${reason.printerId}"; add it first or name one that exists.`;
    case 'unknown_filament':
      return `There is no filament "${reason.filamentId}"; add the spool first or name one that exists.`;
    case 'unknown_job':
      return `There is no print job "${reason.jobId}".`;
    case 'unknown_member':
      return `There is no PC "${reason.memberId}" in this farm.`;
    case 'filament_over_committed': {
      const free = milligramsToGrams(reason.freeMg);
      const wanted = milligramsToGrams(reason.wantedMg);
      return `The job needs ${wanted} g, but only ${free} g of filament "${reason.filamentId}" are free (what is left, less what queued and running jobs need); take another spool or cancel a job.`;
    }
    case 'illegal_transition':
      return `Job "${reason.jobId}" is ${reason.from} and cannot become ${reason.to}: running follows queued, done follows running, canceled follows queued or running.`;
    case 'invitation_unknown':
      return 'This invitation is not one of this farm; ask for a new one.';
    case 'invitation_used':
      return 'This invitation was used by another PC already; ask for a new one.';
    case 'invitation_expired':
      return `This invitation expired at ${new Date(reason.expiredAtMs).toISOString()}; ask for a new one.`;
    case 'too_many_invitations':
      return `There are ${reason.openMax} open invitations already; use one of them or wait until they expire.`;
    case 'last_member':
      return `"${reason.memberId}" is the only PC of this farm; a farm needs at least one.`;
    case 'invalid_command':
      return `The farm does not take these values: ${reason.detail}.`;
    default:
      return assertNever(reason);
  }
}

/** The field or parameter that a refusal is about, where there is one. */
function refusalField(reason: Refusal): string | null {
  switch (reason.code) {
    case 'duplicate_id':
      return 'id';
    case 'unknown_printer':
      return 'printer_id';
    case 'unknown_filament':
      return 'filament_id';
    case 'filament_over_committed':
      return 'print_weight_in_grams';
    case 'illegal_transition':
      return 'status';
    default:
      return null;
  }
}

export function refusalProblem(reason: Refusal): ProblemDraft {
  const detail = refusalDetail(reason);
  const path = refusalField(reason);
  const draft: ProblemDraft = { code: reason.code, detail };
  return path === null ? draft : { ...draft, errors: [{ path, message: `was refused. ${detail}` }] };
}

/** A failure that says nothing about the request itself. */
export type ClusterFailure = Exclude<ProposeResult['kind'], 'applied'>;

export function failureProblem(kind: ClusterFailure): ProblemDraft {
  switch (kind) {
    case 'no_leader':
      return {
        code: 'no_leader',
        detail:
          'The farm has no leader at the moment, so nothing was changed; try again shortly. Reading with ?consistency=local works meanwhile.',
      };
    case 'busy':
      return {
        code: 'busy',
        detail: 'Too many changes are waiting, so nothing was changed; try again shortly.',
      };
    case 'outcome_unknown':
      return {
        code: 'outcome_unknown',
        detail:
          'The leader was lost on the way: this may or may not have been done. Send the same request with the same id again; nothing is ever done twice.',
      };
    default:
      return assertNever(kind);
  }
}
