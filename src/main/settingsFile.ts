/** Keeps {@link SettingsValues} in `settings.json` of the data directory, without Electron. */
import Conf from 'conf';
import { DEFAULT_SETTINGS, type SettingsStore, type SettingsValues } from './settings.ts';

/** File name without `.json`; the Electron shell uses the same, so that both hosts share one file. */
export const SETTINGS_FILE_NAME = 'settings';

/** A broken file is replaced by defaults rather than keeping the node from starting. */
export function openSettingsFile(dataDir: string): SettingsStore {
  const conf = new Conf<SettingsValues>({
    cwd: dataDir,
    configName: SETTINGS_FILE_NAME,
    defaults: DEFAULT_SETTINGS,
    clearInvalidConfig: true,
  });
  return {
    read: () => conf.store,
    write: (values) => {
      conf.store = values;
    },
  };
}
