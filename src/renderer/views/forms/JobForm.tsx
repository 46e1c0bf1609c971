/** Queues a job: printer, spool, file, grams. Shows what is free on the spool and refuses to promise more. */
import { type ComboboxItem, NumberInput, Select, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import type { FilamentRecord, PrinterRecord } from '../../../contract/records.ts';
import { useFarmClient } from '../../client/clientContext.ts';
import { SpoolSwatch } from '../../components/SpoolSwatch.tsx';
import { fileNameOf } from '../../format/fileName.ts';
import { browserRandomBytes, suggestJobId } from '../../format/suggestId.ts';
import { text } from '../../format/text.ts';
import { formatGrams } from '../../format/weight.ts';
import { useDialogs } from '../../store/dialogs.ts';
import { farmStore, useFarm } from '../../store/farmStore.ts';
import { useNotices } from '../../store/notices.ts';
import { sortedPrinters } from '../../store/printerState.ts';
import { sortedSpools } from '../../store/spools.ts';
import { FormFrame } from './FormFrame.tsx';
import styles from './FormFrame.module.css';
import { checkJob, describeFree, type JobDraft, jobLabels } from './jobDraft.ts';
import { useForm } from './useForm.ts';

/** A list longer than this is searched, not scrolled. */
const OPTIONS_MAX = 50;

/** The first of the only one: with one printer or one spool there is nothing to choose. */
function onlyId(ids: ReadonlyMap<string, unknown>): string | null {
  const [first, second] = ids.keys();
  return first !== undefined && second === undefined ? first : null;
}

export interface JobFormProps {
  /** Chosen already, when the form was opened from that printer or spool. */
  readonly printerId: string | null;
  readonly filamentId: string | null;
}

function initialDraft({ printerId, filamentId }: JobFormProps): JobDraft {
  const { printers, filaments } = farmStore.getState();
  return {
    id: suggestJobId(browserRandomBytes),
    printer_id: printerId ?? onlyId(printers),
    filament_id: filamentId ?? onlyId(filaments),
    filepath: '',
    print_weight_in_grams: '',
  };
}

function printerOption(printer: PrinterRecord): ComboboxItem {
  const name = printer.name === printer.id ? printer.id : `${printer.name} (${printer.id})`;
  return { value: printer.id, label: `${name} · ${printer.company} ${printer.model}` };
}

function spoolOption(spool: FilamentRecord): ComboboxItem {
  return { value: spool.id, label: `${spool.type} ${spool.color} (${spool.id})` };
}

export function JobForm(props: JobFormProps) {
  const client = useFarmClient();
  const close = useDialogs((store) => store.close);
  const addNotice = useNotices((store) => store.add);
  const jobs = useFarm((mirror) => mirror.jobs);
  const printers = useFarm((mirror) => mirror.printers);
  const filaments = useFarm((mirror) => mirror.filaments);
  const form = useForm({
    initial: initialDraft(props),
    labels: jobLabels,
    check: (draft) => checkJob(draft, { jobs, printers, filaments }),
    send: client.createPrintjob,
    onSaved(job, created) {
      const printer = printers.get(job.printer_id)?.name ?? job.printer_id;
      const values = { job: fileNameOf(job.filepath), printer };
      addNotice('done', text(created ? 'jobForm.saved' : 'jobForm.existed', values));
      close();
    },
  });
  const { draft, set, leave, errorOf } = form;
  const spool = draft.filament_id === null ? undefined : filaments.get(draft.filament_id);
  return (
    <FormFrame
      title={text('jobForm.title')}
      submitLabel={text('jobForm.submit')}
      sending={form.sending}
      topError={form.topError}
      onSubmit={form.submit}
    >
      <PrinterSelect
        value={draft.printer_id}
        error={errorOf('printer_id')}
        onChange={(printerId) => {
          set({ printer_id: printerId });
        }}
      />
      <SpoolSelect
        value={draft.filament_id}
        error={errorOf('filament_id')}
        onChange={(filamentId) => {
          set({ filament_id: filamentId });
        }}
      />
      <TextInput
        label={jobLabels.filepath}
        description={text('jobForm.filepathHint')}
        data-autofocus
        required
        value={draft.filepath}
        error={errorOf('filepath')}
        onChange={(event) => {
          set({ filepath: event.currentTarget.value });
        }}
        onBlur={() => {
          leave('filepath');
        }}
      />
      <div className={styles['pair']}>
        <NumberInput
          label={jobLabels.print_weight_in_grams}
          required
          suffix=" g"
          min={0}
          clampBehavior="none"
          hideControls
          inputWrapperOrder={['label', 'input', 'error', 'description']}
          description={describeFree(draft, spool) ?? ' '}
          value={draft.print_weight_in_grams}
          error={errorOf('print_weight_in_grams')}
          onChange={(grams) => {
            set({ print_weight_in_grams: grams });
          }}
          onBlur={() => {
            leave('print_weight_in_grams');
          }}
        />
        <TextInput
          label={jobLabels.id}
          required
          value={draft.id}
          error={errorOf('id')}
          onChange={(event) => {
            set({ id: event.currentTarget.value });
          }}
          onBlur={() => {
            leave('id');
          }}
        />
      </div>
    </FormFrame>
  );
}

interface ChoiceProps {
  readonly value: string | null;
  readonly error: string | undefined;
  readonly onChange: (id: string | null) => void;
}

function PrinterSelect({ value, error, onChange }: ChoiceProps) {
  const printers = useFarm((mirror) => mirror.printers);
  const options = useMemo(() => sortedPrinters(printers).map(printerOption), [printers]);
  return (
    <Select
      label={jobLabels.printer_id}
      required
      searchable
      limit={OPTIONS_MAX}
      nothingFoundMessage={text('jobForm.nothingFound')}
      data={options}
      value={value}
      error={error}
      onChange={onChange}
    />
  );
}

function SpoolSelect({ value, error, onChange }: ChoiceProps) {
  const filaments = useFarm((mirror) => mirror.filaments);
  const options = useMemo(() => sortedSpools(filaments).map(spoolOption), [filaments]);
  const chosen = value === null ? undefined : filaments.get(value);
  return (
    <Select
      label={jobLabels.filament_id}
      required
      searchable
      limit={OPTIONS_MAX}
      nothingFoundMessage={text('jobForm.nothingFound')}
      leftSection={chosen === undefined ? null : <SpoolSwatch color={chosen.color} />}
      renderOption={({ option }) => {
        const spool = filaments.get(option.value);
        return (
          <span className={styles['option']}>
            <SpoolSwatch color={spool?.color ?? ''} />
            {option.label}
            <span className={styles['optionFree']}>{formatGrams(spool?.free_weight_in_grams ?? 0)}</span>
          </span>
        );
      }}
      data={options}
      value={value}
      error={error}
      onChange={onChange}
    />
  );
}
