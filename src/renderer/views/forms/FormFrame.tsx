/** The frame of every form: a dialog with a title, the error on top, and the two buttons. */
import { Button, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { WarningIcon } from '../../components/icons.tsx';
import { text } from '../../format/text.ts';
import { useDialogs } from '../../store/dialogs.ts';
import styles from './FormFrame.module.css';

export interface FormFrameProps {
  readonly title: string;
  readonly submitLabel: string;
  readonly sending: boolean;
  readonly topError: string | null;
  readonly onSubmit: () => Promise<void>;
  readonly children: ReactNode;
}

/** While it sends, the dialog stays: closing it would leave the person without the answer. */
export function FormFrame({ title, submitLabel, sending, topError, onSubmit, children }: FormFrameProps) {
  const close = useDialogs((store) => store.close);
  return (
    <Modal
      opened
      onClose={close}
      closeOnClickOutside={false}
      closeOnEscape={!sending}
      title={title}
      closeButtonProps={{ 'aria-label': text('common.close'), disabled: sending }}
    >
      <form
        className={styles['form']}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          void onSubmit().then(() => {
            // After the errors are drawn, the person stands at the first of them.
            requestAnimationFrame(() => {
              form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
            });
          });
        }}
      >
        <div role="alert">
          {topError === null ? null : (
            <p className={styles['failed']}>
              <WarningIcon />
              {topError}
            </p>
          )}
        </div>
        {children}
        <div className={styles['buttons']}>
          <Button variant="default" size="sm" onClick={close} disabled={sending}>
            {text('form.cancel')}
          </Button>
          <Button type="submit" size="sm" loading={sending}>
            {submitLabel}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
