/** The sheet of all shortcuts, on `?`. It is made from the same table that the keys obey. */
import { Kbd, Modal } from '@mantine/core';
import { Fragment } from 'react';
import { text } from '../format/text.ts';
import type { TextKey } from '../format/texts.en.ts';
import { useDialogs } from '../store/dialogs.ts';
import { type ShortcutAction, SHORTCUTS } from '../store/shortcuts.ts';
import styles from './ShortcutSheet.module.css';

const GO_TEXT = {
  floor: 'keys.goFloor',
  queue: 'keys.goQueue',
  filament: 'keys.goFilament',
  cluster: 'keys.goCluster',
} as const satisfies Record<string, TextKey>;

const MAKE_TEXT = {
  printer: 'keys.newPrinter',
  filament: 'keys.newFilament',
  job: 'keys.newJob',
} as const satisfies Record<string, TextKey>;

function describeAction(action: ShortcutAction): string {
  switch (action.kind) {
    case 'go':
      return text(GO_TEXT[action.view]);
    case 'make':
      return text(MAKE_TEXT[action.form]);
    case 'help':
      return text('keys.help');
    case 'search':
      return text('keys.search');
  }
}

export function ShortcutSheet() {
  const close = useDialogs((store) => store.close);
  return (
    <Modal
      opened
      onClose={close}
      size="sm"
      title={text('keys.title')}
      closeButtonProps={{ 'aria-label': text('common.close') }}
    >
      <dl className={styles['sheet']}>
        {Object.entries(SHORTCUTS).map(([keys, action]) => (
          <Fragment key={keys}>
            <dt>{describeAction(action)}</dt>
            <dd>
              {keys.split(' ').map((key, index) => (
                <Fragment key={key}>
                  {index === 0 ? null : ` ${text('keys.then')} `}
                  <Kbd size="sm">{key}</Kbd>
                </Fragment>
              ))}
            </dd>
          </Fragment>
        ))}
      </dl>
    </Modal>
  );
}
