/** The farm's own identity: founded once, for ever. */
import type { CommandOf } from './commands.ts';
import type { FarmState } from './state.ts';
import { changed, refuse, repeated, type Step } from './step.ts';

/** Refusal: `farm_exists` when it was founded with another id or name. */
export function foundFarm(state: FarmState, command: CommandOf<'foundFarm'>): Step {
  const { id, name } = command;
  if (state.farm !== null) {
    const isRetry = state.farm.id === id && state.farm.name === name;
    return isRetry
      ? repeated(state, { kind: 'farm', id, name })
      : refuse(state, { code: 'farm_exists', farmId: state.farm.id });
  }
  return changed({ ...state, farm: { id, name } }, { kind: 'farm', id, name }, [{ collection: 'farm', id }]);
}
