/** Keeps the settings with electron-store, in the same file as the headless program does (`settingsFile.ts`). */
import Store from 'electron-store';
import { DEFAULT_SETTINGS, type SettingsStore, type SettingsValues } from '../settings.ts';
import { SETTINGS_FILE_NAME } from '../settingsFile.ts';

/** A broken file is replaced by defaults rather than keeping the app from starting. */
export function openElectronSettings(dataDir: string): SettingsStore {
  const store = new Store<SettingsValues>({
    cwd: dataDir,
    name: SETTINGS_FILE_NAME,
    defaults: DEFAULT_SETTINGS,
    clearInvalidConfig: true,
  });
  return {
    read: () => store.store,
    write: (values) => {
      store.store = values;
    },
  };
}
