/** Moves a job on from a view: sends the step, says in a notice how it went, and keeps its buttons quiet meanwhile. */
import { useState } from 'react';
import type { PrintjobRecord } from '../../contract/records.ts';
import { type ApiFailure, describeFailure } from '../client/answer.ts';
import { useFarmClient } from '../client/clientContext.ts';
import type { JobStep } from '../client/farmClient.ts';
import { fileNameOf } from '../format/fileName.ts';
import { text } from '../format/text.ts';
import { formatGrams } from '../format/weight.ts';
import { useDialogs } from '../store/dialogs.ts';
import { farmStore } from '../store/farmStore.ts';
import { useNotices } from '../store/notices.ts';

export interface JobSteps {
  /** True from the click until the answer: the buttons of this job are off. */
  readonly busy: boolean;
  /** Sends the step; the cancel of a running job asks first. */
  readonly take: (job: PrintjobRecord, step: JobStep) => void;
  /** Sends the step without asking; resolves when it was made or refused. */
  readonly send: (job: PrintjobRecord, step: JobStep) => Promise<void>;
}

function describeDone(job: PrintjobRecord, step: JobStep): string {
  const values = {
    job: fileNameOf(job.filepath),
    printer: farmStore.getState().printers.get(job.printer_id)?.name ?? job.printer_id,
    filament: job.filament_id,
    grams: formatGrams(job.print_weight_in_grams),
  };
  switch (step) {
    case 'running':
      return text('job.started', values);
    case 'done':
      return text('job.finished', values);
    case 'canceled':
      return text('job.canceled', values);
  }
}

function describeNotDone(job: PrintjobRecord, failure: ApiFailure): string {
  return `${fileNameOf(job.filepath)} (${job.id}): ${describeFailure(failure)}`;
}

export function useJobSteps(): JobSteps {
  const client = useFarmClient();
  const addNotice = useNotices((store) => store.add);
  const showDialog = useDialogs((store) => store.show);
  const [busy, setBusy] = useState(false);

  async function send(job: PrintjobRecord, step: JobStep): Promise<void> {
    setBusy(true);
    const answer = await client.setJobStatus(job.id, step);
    setBusy(false);
    if (answer.kind === 'ok') addNotice('done', describeDone(job, step));
    else addNotice('failed', describeNotDone(job, answer));
  }

  function take(job: PrintjobRecord, step: JobStep): void {
    if (step === 'canceled' && job.status === 'running') showDialog({ kind: 'confirmCancel', jobId: job.id });
    else void send(job, step);
  }

  return { busy, take, send };
}
