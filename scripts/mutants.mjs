/**
 * `npm run mutants`: plants one bug at a time into a temporary copy of the Raft core and runs its tests there. A
 * bug that no test finds survives, and the run fails. The working tree is never touched.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Name, file in src/raft/core, what is replaced (found exactly once), by what. */
const MUTANTS = [
  [
    'a vote leaves before the sync',
    'election.ts',
    "sendAfterPersist(s, m.from, { t: 'voteResp', granted: true })",
    "send(s, m.from, { t: 'voteResp', granted: true })",
  ],
  [
    'an acknowledgement leaves before the sync',
    'emit.ts',
    's.out.send(envelope(s, to, body), true)',
    's.out.send(envelope(s, to, body), false)',
  ],
  [
    'a term is told before it is durable',
    'outbox.ts',
    '(message.term > durableTerm && !isOfFutureTerm(message))',
    'false',
  ],
  [
    'its own vote counts before it is durable',
    'election.ts',
    's.disk.durableTerm !== s.term || s.disk.durableVote !== s.id',
    'false',
  ],
  [
    'the leader counts entries that are not durable',
    'commit.ts',
    's.disk.stableIndex : ',
    's.log.lastIndex : ',
  ],
  [
    'no term check at commit (figure 8)',
    'commit.ts',
    'reached <= s.commit || !s.log.matches(reached, s.term)',
    'reached <= s.commit',
  ],
  [
    'learners count',
    'quorum.ts',
    '[membership.voters];',
    '[[...membership.voters, ...membership.learners]];',
  ],
  ['the outgoing half does not count', 'quorum.ts', 'membership.outgoing.length > 0 ?', 'false ?'],
  ['half of an even number is a majority', 'quorum.ts', 'Math.floor(size / 2) + 1', 'Math.ceil(size / 2)'],
  ['a second vote in the same term', 'election.ts', 's.vote !== null && s.vote !== m.from', 'false'],
  [
    'a vote for a shorter log',
    'log.ts',
    'lastTerm > this.lastTerm || (lastTerm === this.lastTerm && lastIndex >= this.lastIndex)',
    'lastTerm >= this.lastTerm',
  ],
  [
    'the vote is kept into the next term',
    'roles.ts',
    '  s.term = term;\n  s.vote = null;',
    '  s.term = term;',
  ],
  ['no empty entry at the start of a term', 'roles.ts', "  appendAsLeader(s, 'noop');\n", ''],
  [
    'truncates without a conflict',
    'replication.ts',
    '!s.log.matches(entry.index, entry.term));',
    'entry.index > 0);',
  ],
  [
    'no check of the previous entry',
    'replication.ts',
    'if (!s.log.matches(known, prevTerm)) {',
    'if (known > s.log.lastIndex) {',
  ],
  [
    'a heartbeat commits what was never compared',
    'commit.ts',
    'Math.min(index, s.verified)',
    'Math.min(index, s.log.lastIndex)',
  ],
  ['the commit hint passes what is durable', 'state.ts', 'Math.min(s.commit, stableIndex)', 's.commit'],
  [
    'an old write makes replaced entries durable',
    'diskProgress.ts',
    'for (const write of this.#outstanding) write.lastIndex = Math.min(write.lastIndex, index - 1);',
    '',
  ],
  [
    'reads before the first commit of the term',
    'reads.ts',
    'if (!hasCommittedInTerm(s)) {',
    'if (s.commit < 0) {',
  ],
  ['a read is confirmed by an earlier round', 'reads.ts', 'round: s.round + 1 }', 'round: s.round }'],
  ['a read is confirmed by nobody', 'reads.ts', 'read.round <= confirmed', 'true'],
  ['a lease survives a sleep', 'tick.ts', '  s.leaseUntilTick = 0;\n', ''],
  ['a lease counts from the answer', 'reads.ts', 'sentTick + s.options', 's.ticks + s.options'],
  ['a lease survives a transfer', 'reads.ts', '    !s.leaseGivenUp &&\n', ''],
  [
    'a voter forgets the lease that it gave',
    'roles.ts',
    's.quietTicks = s.options.electionTicks',
    's.quietTicks = 0',
  ],
  ['no check of the quorum', 'tick.ts', 's.options.checkQuorum && !checkQuorum(s)', 'false'],
  ['no stickiness', 'election.ts', "m.t === 'vote' && !m.transfer &&", 'false &&'],
  [
    'a stalled disk does not matter',
    'election.ts',
    's.disk.stalledTicks >= STALL',
    's.disk.stalledTicks < 0 * STALL',
  ],
  [
    'a joint membership is not left',
    'commit.ts',
    'if (isJoint(current)) {',
    'if (isJoint(current)) return;\n  if (isJoint(current)) {',
  ],
  ['a removed leader leads on', 'commit.ts', "    stepDown(s, 'no longer a voter');\n", ''],
  ['two changes at once', 'membershipChange.ts', 'isJoint(current) || currentIndex > s.commit', 'false'],
  ['a truncated membership stays', 'replication.ts', '    s.memberships.truncateFrom(from);\n', ''],
  [
    'a learner that is behind is promoted',
    'membershipChange.ts',
    "added.every((id) => isPromotable(s, id)) ? null : 'learnerBehind'",
    'added.length < 0 ? null : null',
  ],
  [
    'a duplicated proposal is appended twice',
    'proposals.ts',
    'if (m.seenTerm >= s.term) remember(s, key, fate);',
    '',
  ],
  ['a proposal of an earlier term is taken', 'proposals.ts', "if (seenTerm !== s.term) return 'stale';", ''],
  ['no fate when the leader is lost', 'tick.ts', '  ageForwarded(s);\n', ''],
  ['the window has no limit', 'progress.ts', 'peer.inflight.length >= maxInflight ||', ''],
  [
    'a lost window is never noticed',
    'replication.ts',
    "if (peer.mode === 'replicate' && peer.match < s.log.lastIndex) recheck",
    'if (peer.match < 0) recheck',
  ],
  [
    'who lost records votes',
    'election.ts',
    "  if (s.recovery !== null) return 'recovering';\n  if (s.vote",
    '  if (s.vote',
  ],
  [
    'who lost records acknowledges',
    'recovery.ts',
    'return recovery === null || (',
    'return recovery !== undefined || (',
  ],
  ['a wiped voter confirms leaders', 'recovery.ts', 's.recovery?.wiped !== true || ', 'true || '],
  ['the leader counts on lost records', 'reads.ts', '  peer.match = 0;\n', ''],
  [
    'a snapshot is acknowledged as more than it is',
    'snapshots.ts',
    '  install(s, meta);\n  acknowledge(s, m.from, meta.index);',
    '  install(s, meta);\n  acknowledge(s, m.from, meta.index + 1);',
  ],
  ['an old snapshot is installed', 'snapshots.ts', 'if (meta.index <= s.commit) {', 'if (meta.index < 0) {'],
];

const ROOT = resolve(import.meta.dirname ?? '.', '..');
const TESTS = ['test/raft/paper', 'test/raft/scenarios', 'test/raft/core'];
/** A mutant that loops for ever is found by the clock. */
const RUN_LIMIT_MS = 180_000;

function prepare() {
  const copy = mkdtempSync(join(tmpdir(), 'raft3d-mutants-'));
  for (const part of ['src/base', 'src/raft/core', 'src/raft/index.ts', 'test/raft/support', ...TESTS]) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'dir');
  writeFileSync(join(copy, 'package.json'), '{ "type": "module" }\n');
  const config = { test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, bail: 1, watch: false } };
  writeFileSync(join(copy, 'vitest.config.mjs'), `export default ${JSON.stringify(config)};\n`);
  return copy;
}

/** True when all given tests pass in `copy`. */
function passes(copy, tests) {
  return new Promise((done) => {
    const vitest = join('node_modules', 'vitest', 'vitest.mjs');
    const child = spawn(process.execPath, [vitest, 'run', ...tests], { cwd: copy, stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), RUN_LIMIT_MS);
    child.on('exit', (code) => {
      clearTimeout(timer);
      done(code === 0);
    });
  });
}

/** Who kills it: the readable tests first, because they are fast; the swarm only when they do not. */
async function killer(copy) {
  if (!(await passes(copy, TESTS.slice(0, 2)))) return 'paper and scenarios';
  return (await passes(copy, TESTS.slice(2))) ? null : 'swarm';
}

async function main() {
  const wanted = process.argv.slice(2).join(' ');
  const copy = prepare();
  let survivors = 0;
  try {
    if ((await killer(copy)) !== null) throw new Error('the tests fail without any mutant');
    for (const [name, file, from, to] of MUTANTS.filter((mutant) => mutant[0].includes(wanted))) {
      const path = join(copy, 'src/raft/core', file);
      const sound = readFileSync(path, 'utf8');
      if (sound.split(from).length !== 2) throw new Error(`mutant "${name}" no longer fits ${file}`);
      writeFileSync(
        path,
        sound.replace(from, () => to),
      );
      const by = await killer(copy);
      writeFileSync(path, sound);
      if (by === null) survivors += 1;
      process.stdout.write(`${by === null ? 'SURVIVED' : 'killed  '}  ${name.padEnd(52)} ${by ?? ''}\n`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  process.stdout.write(`${survivors} survived\n`);
  return survivors === 0 ? 0 : 1;
}

process.exitCode = await main();
