/** The buttons of one job: only the steps that the status rules allow. */
import { Button } from '@mantine/core';
import type { PrintjobRecord } from '../../contract/records.ts';
import type { JobStep } from '../client/farmClient.ts';
import { CheckIcon, CrossIcon, PlayIcon } from '../components/icons.tsx';
import { fileNameOf } from '../format/fileName.ts';
import { text } from '../format/text.ts';
import { allowedSteps } from '../store/jobLists.ts';
import styles from './JobActions.module.css';
import { useJobSteps } from './useJobSteps.ts';

const LOOK = {
  running: { word: 'job.start', label: 'job.start.label', icon: PlayIcon },
  done: { word: 'job.done', label: 'job.done.label', icon: CheckIcon },
  canceled: { word: 'job.cancel', label: 'job.cancel.label', icon: CrossIcon },
} as const satisfies Readonly<Record<JobStep, unknown>>;

export function JobActions({ job }: { readonly job: PrintjobRecord }) {
  const { busy, take } = useJobSteps();
  return (
    <span className={styles['actions']}>
      {allowedSteps(job.status).map((step) => {
        const look = LOOK[step];
        const Icon = look.icon;
        return (
          <Button
            key={step}
            size="compact-xs"
            variant={step === 'canceled' ? 'subtle' : 'default'}
            disabled={busy}
            aria-label={text(look.label, { job: `${fileNameOf(job.filepath)} (${job.id})` })}
            leftSection={<Icon size={13} />}
            onClick={() => {
              take(job, step);
            }}
          >
            {text(look.word)}
          </Button>
        );
      })}
    </span>
  );
}
