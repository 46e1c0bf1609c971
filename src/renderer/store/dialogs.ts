/** Which dialog is open. One at a time: a second one replaces the first. View state, never leaves the window. */
import { create } from 'zustand';

export type Dialog =
  | { readonly kind: 'none' }
  | { readonly kind: 'printer' }
  | { readonly kind: 'filament' }
  /** `printerId`, `filamentId`: chosen already, when the form was opened from that printer or spool. */
  | { readonly kind: 'job'; readonly printerId: string | null; readonly filamentId: string | null }
  | { readonly kind: 'confirmCancel'; readonly jobId: string }
  | { readonly kind: 'shortcuts' };

export interface DialogStore {
  readonly dialog: Dialog;
  readonly show: (dialog: Dialog) => void;
  readonly close: () => void;
}

export const useDialogs = create<DialogStore>((set) => ({
  dialog: { kind: 'none' },
  show(dialog) {
    set({ dialog });
  },
  close() {
    set({ dialog: { kind: 'none' } });
  },
}));
