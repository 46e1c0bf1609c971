/** A text to take elsewhere (token, command): shown whole, selected by one click, copied by one button. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { text } from '../format/text.ts';
import { CheckIcon, CopyIcon } from './icons.tsx';
import styles from './CopyField.module.css';

export interface CopyFieldProps {
  readonly label: string;
  readonly value: string;
  /** What the button is called for those who do not see what it stands beside. */
  readonly copyLabel: string;
}

type CopyState = 'idle' | 'copied' | 'failed';

export function CopyField({ label, value, copyLabel }: CopyFieldProps) {
  const [state, setState] = useState<CopyState>('idle');
  function copy(): void {
    navigator.clipboard.writeText(value).then(
      () => {
        setState('copied');
      },
      () => {
        setState('failed');
      },
    );
  }
  return (
    <div className={styles['field']}>
      <div className={styles['line']}>
        <div className={styles['label']}>{label}</div>
        <Button
          size="compact-xs"
          variant="default"
          aria-label={copyLabel}
          leftSection={state === 'copied' ? <CheckIcon size={14} /> : <CopyIcon size={14} />}
          onClick={copy}
        >
          {text(state === 'copied' ? 'copy.done' : 'copy.copy')}
        </Button>
      </div>
      <code className={styles['value']} tabIndex={0} role="textbox" aria-readonly="true" aria-label={label}>
        {value}
      </code>
      <div className={styles['note']} data-failed={state === 'failed' ? true : undefined} role="status">
        {state === 'idle' ? null : text(state === 'failed' ? 'copy.failed' : 'copy.done')}
      </div>
    </div>
  );
}
