/** Listens to the keyboard of the page and carries out shortcuts. Typing into a field and dialogs are left alone. */
import { useEffect } from 'react';
import { SEARCH_FIELD_ID } from '../components/ViewHead.tsx';
import { useDialogs } from '../store/dialogs.ts';
import { goTo } from '../store/route.ts';
import { decideShortcut, type PendingKey, type ShortcutAction } from '../store/shortcuts.ts';

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}

function carryOut(action: ShortcutAction): void {
  const { show } = useDialogs.getState();
  switch (action.kind) {
    case 'go':
      goTo(action.view);
      return;
    case 'make':
      if (action.form === 'job') show({ kind: 'job', printerId: null, filamentId: null });
      else show({ kind: action.form });
      return;
    case 'help':
      show({ kind: 'shortcuts' });
      return;
    case 'search':
      document.getElementById(SEARCH_FIELD_ID)?.focus();
  }
}

export function useShortcutKeys(): void {
  useEffect(() => {
    let pending: PendingKey | null = null;
    function onKeyDown(event: KeyboardEvent): void {
      const dialogOpen = useDialogs.getState().dialog.kind !== 'none';
      if (dialogOpen || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
        pending = null;
        return;
      }
      // A lone Shift on the way to "?" is no key of its own.
      if (event.key.length !== 1) return;
      const step = decideShortcut(pending, event.key.toLowerCase(), event.timeStamp);
      pending = step.pending;
      if (step.action === null) return;
      event.preventDefault();
      carryOut(step.action);
    }
    document.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
    };
  }, []);
}
