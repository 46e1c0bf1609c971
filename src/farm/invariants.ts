/**
 * What is always true of a farm, as code. Run after every command in tests and in the simulator; O(n), so not after
 * every command of a running farm. The text of each broken rule names the record.
 */
import { INVITATIONS_MAX } from './invitations.ts';
import { isActive } from './jobs.ts';
import type { FarmState, Filament, Job } from './state.ts';

/** Every rule that `state` breaks; empty when it is sound. */
export function checkFarm(state: FarmState): readonly string[] {
  const broken: string[] = [];
  const rule = (holds: boolean, text: string): void => {
    if (!holds) broken.push(text);
  };
  checkCommon(state, rule);
  checkFilaments(state, rule);
  checkJobs(state, rule);
  checkInvitations(state, rule);
  return broken;
}

/** Every rule that going from `before` to `after` by one command breaks: what must never be undone. */
export function checkStep(before: FarmState, after: FarmState): readonly string[] {
  const broken: string[] = [];
  const rule = (holds: boolean, text: string): void => {
    if (!holds) broken.push(text);
  };
  rule(after.farmTimeMs >= before.farmTimeMs, 'farm time runs backwards');
  rule(after.protocolVersion >= before.protocolVersion, 'the protocol version is lowered');
  rule(before.farm === null || after.farm === before.farm, 'a founded farm changes its identity');
  for (const id of before.printers.keys()) rule(after.printers.has(id), `printer ${id} is lost`);
  for (const [id, filament] of before.filaments) {
    const next = after.filaments.get(id);
    const keepsLedger = next?.ledger.take(filament.ledger.size).equals(filament.ledger) ?? false;
    rule(keepsLedger, `filament ${id} loses entries of its ledger`);
    rule(next === filament || next?.version === filament.version + 1, `filament ${id} skips a version`);
  }
  for (const [id, job] of before.jobs) {
    const next = after.jobs.get(id);
    const isOver = !isActive(job.status);
    rule(next !== undefined, `job ${id} is lost`);
    rule(!isOver || next === job, `job ${id} changes after its end`);
    rule(next === job || next?.version === job.version + 1, `job ${id} skips a version`);
    rule((next?.attempt ?? 0) >= job.attempt, `job ${id} forgets an attempt`);
  }
  return broken;
}

type Rule = (holds: boolean, text: string) => void;

function checkCommon(state: FarmState, rule: Rule): void {
  const { farmTimeMs } = state;
  const collections = { printers: state.printers, filaments: state.filaments, jobs: state.jobs };
  for (const [collection, records] of Object.entries(collections)) {
    let earlierMs = 0;
    for (const [id, record] of records) {
      rule(record.id === id, `${collection} ${id}: is kept under another id`);
      rule(record.version >= 1, `${collection} ${id}: versions count from 1`);
      rule(record.createdAtMs <= farmTimeMs, `${collection} ${id}: comes from the future`);
      rule(record.createdAtMs >= earlierMs, `${collection} ${id}: is not in the order of creation`);
      earlierMs = record.createdAtMs;
    }
  }
  for (const [id, member] of state.members) {
    rule(member.id === id, `members ${id}: is kept under another id`);
    rule(member.joinedAtMs <= farmTimeMs, `members ${id}: comes from the future`);
    rule(member.version >= 1, `members ${id}: versions count from 1`);
  }
}

function checkFilaments(state: FarmState, rule: Rule): void {
  const reservedMg = new Map<string, number>();
  const doneJobs = new Map<string, number>();
  for (const { filamentId, printWeightMg, status } of state.jobs.values()) {
    if (status === 'done') doneJobs.set(filamentId, (doneJobs.get(filamentId) ?? 0) + 1);
    if (isActive(status)) reservedMg.set(filamentId, (reservedMg.get(filamentId) ?? 0) + printWeightMg);
  }
  for (const [id, filament] of state.filaments) {
    const { totalMg, remainingMg } = filament;
    const ledgerMg = filament.ledger.reduce((sum, entry) => sum + entry.deltaMg, 0);
    const isWhole = [totalMg, remainingMg, filament.reservedMg].every(Number.isSafeInteger);
    rule(isWhole, `filament ${id}: weights are whole milligrams`);
    rule(remainingMg === totalMg + ledgerMg, `filament ${id}: remaining is total and the ledger`);
    rule(
      filament.reservedMg === (reservedMg.get(id) ?? 0),
      `filament ${id}: reserved is what active jobs need`,
    );
    rule(
      filament.reservedMg >= 0 && filament.reservedMg <= remainingMg,
      `filament ${id}: reserved <= remaining`,
    );
    rule(remainingMg <= totalMg, `filament ${id}: no more remains than there was`);
    const charges = checkLedger(state, filament, rule);
    rule(charges === (doneJobs.get(id) ?? 0), `filament ${id}: each done job is charged`);
  }
}

/** Gives the number of attempts that were charged. */
function checkLedger(state: FarmState, filament: Filament, rule: Rule): number {
  const attempts = new Set<string>();
  let earlierMs = 0;
  filament.ledger.forEach((entry, index) => {
    const where = `filament ${filament.id}, ledger entry ${String(index)}`;
    rule(entry.atMs >= earlierMs && entry.atMs <= state.farmTimeMs, `${where}: is out of order`);
    earlierMs = entry.atMs;
    rule(
      entry.reason !== 'opening' || (index === 0 && entry.deltaMg < 0),
      `${where}: an opening entry is first`,
    );
    if (entry.reason !== 'use') {
      rule(entry.jobId === null && entry.attempt === null, `${where}: only use names a job`);
      return;
    }
    const job = state.jobs.get(entry.jobId ?? '');
    const isOfItsJob =
      job?.filamentId === filament.id && job.status === 'done' && entry.deltaMg === 0 - job.printWeightMg;
    rule(isOfItsJob, `${where}: use is the weight of a done job on this spool`);
    rule(entry.attempt !== null && entry.attempt === job?.attempt, `${where}: use names the attempt`);
    const key = JSON.stringify([entry.jobId, entry.attempt]);
    rule(!attempts.has(key), `${where}: an attempt is charged twice`);
    attempts.add(key);
  });
  return attempts.size;
}

function checkJobs(state: FarmState, rule: Rule): void {
  let sequence = 0;
  for (const [id, job] of state.jobs) {
    rule(state.printers.has(job.printerId), `job ${id}: its printer exists`);
    rule(state.filaments.has(job.filamentId), `job ${id}: its filament exists`);
    rule(Number.isSafeInteger(job.printWeightMg) && job.printWeightMg >= 0, `job ${id}: has a whole weight`);
    sequence++;
    rule(job.sequence === sequence, `job ${id}: jobs are numbered 1, 2, 3 in the order of creation`);
    rule(hasTimesOfStatus(job), `job ${id}: attempt and times fit the status ${job.status}`);
    const times = [job.createdAtMs, job.startedAtMs, job.endedAtMs, state.farmTimeMs].filter(
      (ms) => ms !== null,
    );
    const inOrder = times.every((ms, index) => ms >= (times[index - 1] ?? 0));
    rule(inOrder, `job ${id}: is created, started and ended in this order`);
  }
  rule(state.nextJobSequence === sequence + 1, 'the next job gets the next number, and no job was lost');
}

function hasTimesOfStatus({ status, attempt, startedAtMs, endedAtMs }: Job): boolean {
  const wasStarted = attempt === 1 && startedAtMs !== null;
  const neverStarted = attempt === 0 && startedAtMs === null;
  switch (status) {
    case 'queued':
      return neverStarted && endedAtMs === null;
    case 'running':
      return wasStarted && endedAtMs === null;
    case 'done':
      return wasStarted && endedAtMs !== null;
    case 'canceled':
      return (wasStarted || neverStarted) && endedAtMs !== null;
  }
}

function checkInvitations(state: FarmState, rule: Rule): void {
  rule(state.invitations.size <= INVITATIONS_MAX, 'there are more invitations than a farm keeps');
  for (const [id, invitation] of state.invitations) {
    rule(invitation.id === id, `invitation ${id}: is kept under another id`);
    rule(invitation.createdAtMs < invitation.expiresAtMs, `invitation ${id}: expires after its creation`);
    rule(invitation.createdAtMs <= state.farmTimeMs, `invitation ${id}: comes from the future`);
  }
}
