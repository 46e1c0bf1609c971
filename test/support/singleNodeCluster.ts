/** A `Cluster` over one farm state that applies each command at once: the real farm without consensus. */
import { applyCommand } from '../../src/farm/apply.ts';
import type { Command } from '../../src/farm/commands.ts';
import { emptyFarm, type FarmState } from '../../src/farm/state.ts';
import type { AppliedChange, Cluster, ClusterStatus, ProposeResult } from '../../src/main/cluster/port.ts';

export const SELF_ID = 'a'.repeat(64);

export interface SingleNodeCluster extends Cluster {
  readonly state: FarmState;
  readonly appliedIndex: number;
  /** How many commands reached `propose`. */
  readonly proposals: number;
  /**
   * What the next proposals meet: `healthy` applies; `no_leader` (reads fail too) and `busy` apply nothing;
   * `outcome_unknown` applies and says that it does not know.
   */
  mode: 'healthy' | Exclude<ProposeResult['kind'], 'applied'>;
  /** Applies a command as if another node had proposed it. Throws when the farm refuses it. */
  apply(command: Command): void;
  /** Replaces the state without saying what changed, as an installed snapshot does. */
  install(state: FarmState): void;
  setStatus(change: Partial<ClusterStatus>): void;
}

export function createSingleNodeCluster(initial: FarmState = emptyFarm): SingleNodeCluster {
  let state = initial;
  let appliedIndex = 0;
  let proposals = 0;
  let mode: SingleNodeCluster['mode'] = 'healthy';
  let overrides: Partial<ClusterStatus> = {};
  const appliedListeners = new Set<(change: AppliedChange) => void>();
  const statusListeners = new Set<(status: ClusterStatus) => void>();

  const status = (): ClusterStatus => ({
    nodeId: SELF_ID,
    role: mode === 'no_leader' ? 'candidate' : 'leader',
    term: 1,
    leaderId: mode === 'no_leader' ? null : SELF_ID,
    commitIndex: appliedIndex,
    appliedIndex,
    voters: [SELF_ID],
    learners: [],
    lastHeardMs: new Map(),
    ready: mode !== 'no_leader',
    ...overrides,
  });

  const announce = (touched: AppliedChange['touched']): void => {
    for (const listener of appliedListeners) listener({ appliedIndex, state, touched });
  };

  const run = (command: Command): Extract<ProposeResult, { kind: 'applied' }> => {
    const step = applyCommand(state, command);
    appliedIndex++;
    state = step.state;
    announce(step.touched);
    return { kind: 'applied', outcome: step.outcome, appliedIndex };
  };

  return {
    get state() {
      return state;
    },
    get appliedIndex() {
      return appliedIndex;
    },
    get proposals() {
      return proposals;
    },
    get mode() {
      return mode;
    },
    set mode(next) {
      mode = next;
      for (const listener of statusListeners) listener(status());
    },
    apply(command) {
      const { outcome } = run(command);
      if (!outcome.ok) throw new Error(`the farm refused ${command.kind}: ${JSON.stringify(outcome.reason)}`);
    },
    install(next) {
      state = next;
      appliedIndex += 100;
      announce([{ collection: 'farm', id: next.farm?.id ?? '' }]);
    },
    setStatus(change) {
      overrides = { ...overrides, ...change };
      for (const listener of statusListeners) listener(status());
    },
    propose(command) {
      proposals++;
      if (mode === 'no_leader' || mode === 'busy') return Promise.resolve({ kind: mode });
      const applied = run(command);
      return Promise.resolve(mode === 'healthy' ? applied : { kind: 'outcome_unknown' });
    },
    read() {
      if (mode === 'no_leader') return Promise.resolve({ kind: 'no_leader' });
      return Promise.resolve({ kind: 'state', state, appliedIndex, leaderContactMs: 0 });
    },
    readLocal: () => ({
      kind: 'state',
      state,
      appliedIndex,
      leaderContactMs: mode === 'no_leader' ? 1_500 : 0,
    }),
    status,
    onApplied(listener) {
      appliedListeners.add(listener);
      return () => appliedListeners.delete(listener);
    },
    onStatus(listener) {
      statusListeners.add(listener);
      return () => statusListeners.delete(listener);
    },
  };
}
