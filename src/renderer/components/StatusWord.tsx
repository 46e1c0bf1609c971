/** One state as icon, word and colour together, so that none of the three alone has to carry it. */
import type { ReactNode } from 'react';
import type { PrintjobStatus } from '../../contract/records.ts';
import { text } from '../format/text.ts';
import type { PrinterState } from '../store/printerState.ts';
import { CheckIcon, IdleIcon, PlayIcon, PrintingIcon, StruckIcon, WaitIcon } from './icons.tsx';
import styles from './StatusWord.module.css';

type Tone = 'running' | 'waiting' | 'queued' | 'done' | 'canceled';

function Word({
  tone,
  icon,
  children,
}: {
  readonly tone: Tone;
  readonly icon: ReactNode;
  readonly children: string;
}) {
  return (
    <span className={styles['word']} data-tone={tone}>
      {icon}
      {children}
    </span>
  );
}

export function JobStatusWord({ status }: { readonly status: PrintjobStatus }) {
  const word = text(`status.${status}`);
  switch (status) {
    case 'queued':
      return (
        <Word tone="queued" icon={<WaitIcon size={14} />}>
          {word}
        </Word>
      );
    case 'running':
      return (
        <Word tone="running" icon={<PrintingIcon size={14} />}>
          {word}
        </Word>
      );
    case 'done':
      return (
        <Word tone="done" icon={<CheckIcon size={14} />}>
          {word}
        </Word>
      );
    case 'canceled':
      return (
        <Word tone="canceled" icon={<StruckIcon size={14} />}>
          {word}
        </Word>
      );
  }
}

export function PrinterStateWord({ state }: { readonly state: PrinterState }) {
  const word = text(`printer.${state}`);
  switch (state) {
    case 'printing':
      return (
        <Word tone="running" icon={<PrintingIcon size={14} />}>
          {word}
        </Word>
      );
    case 'waiting':
      return (
        <Word tone="waiting" icon={<PlayIcon size={14} />}>
          {word}
        </Word>
      );
    case 'idle':
      return (
        <Word tone="canceled" icon={<IdleIcon size={14} />}>
          {word}
        </Word>
      );
  }
}
