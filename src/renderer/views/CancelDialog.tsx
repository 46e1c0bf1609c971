/** Asks before a running print is canceled. The safe answer has the focus, so a stray Enter keeps printing. */
import { Button, Modal } from '@mantine/core';
import type { PrintjobRecord } from '../../contract/records.ts';
import { useNow } from '../components/useNow.ts';
import { fileNameOf } from '../format/fileName.ts';
import { text } from '../format/text.ts';
import { formatSpan, parseWireTime } from '../format/time.ts';
import { useDialogs } from '../store/dialogs.ts';
import { useFarm } from '../store/farmStore.ts';
import styles from './forms/FormFrame.module.css';
import { useJobSteps } from './useJobSteps.ts';

export function CancelDialog({ jobId }: { readonly jobId: string }) {
  const close = useDialogs((store) => store.close);
  const job = useFarm((mirror) => mirror.jobs.get(jobId));
  const running = job?.status === 'running';
  return (
    <Modal
      opened={running}
      onClose={close}
      title={text('job.cancelAsk.title')}
      closeButtonProps={{ 'aria-label': text('common.close') }}
    >
      {running ? <CancelQuestion job={job} close={close} /> : null}
    </Modal>
  );
}

function CancelQuestion({ job, close }: { readonly job: PrintjobRecord; readonly close: () => void }) {
  const { busy, send } = useJobSteps();
  const nowMs = useNow();
  const printer = useFarm((mirror) => mirror.printers.get(job.printer_id)?.name ?? job.printer_id);
  return (
    <div className={styles['form']}>
      <p>
        {text('job.cancelAsk.text', {
          job: fileNameOf(job.filepath),
          printer,
          span: formatSpan(nowMs - (parseWireTime(job.started_at) ?? nowMs)),
        })}
      </p>
      <div className={styles['buttons']}>
        <Button variant="default" size="sm" onClick={close} data-autofocus disabled={busy}>
          {text('job.cancelAsk.keep')}
        </Button>
        <Button
          color="red"
          size="sm"
          loading={busy}
          onClick={() => {
            void send(job, 'canceled').then(close);
          }}
        >
          {text('job.cancelAsk.confirm')}
        </Button>
      </div>
    </div>
  );
}
