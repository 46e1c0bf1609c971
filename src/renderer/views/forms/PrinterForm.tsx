/** Adds a printer. */
import { Autocomplete, TextInput } from '@mantine/core';
import { useFarmClient } from '../../client/clientContext.ts';
import { suggestNumberedId } from '../../format/suggestId.ts';
import { text } from '../../format/text.ts';
import { useDialogs } from '../../store/dialogs.ts';
import { farmStore, useFarm } from '../../store/farmStore.ts';
import { useNotices } from '../../store/notices.ts';
import { FormFrame } from './FormFrame.tsx';
import styles from './FormFrame.module.css';
import { checkPrinter, type PrinterDraft, printerLabels } from './printerDraft.ts';
import { useForm } from './useForm.ts';

/** The person's last printer is likely like the next one, so its maker and model come first. */
function initialDraft(): PrinterDraft {
  const { printers } = farmStore.getState();
  const latest = [...printers.values()].reduce<{ company: string; model: string; created_at: string }>(
    (best, printer) => (printer.created_at > best.created_at ? printer : best),
    { company: '', model: '', created_at: '' },
  );
  return {
    id: suggestNumberedId('p', printers.keys()),
    company: latest.company,
    model: latest.model,
    name: '',
  };
}

/** Enough to choose from; the rest is typed. */
const SUGGESTIONS_MAX = 30;

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].slice(0, SUGGESTIONS_MAX);
}

export function PrinterForm() {
  const client = useFarmClient();
  const close = useDialogs((store) => store.close);
  const addNotice = useNotices((store) => store.add);
  const printers = useFarm((mirror) => mirror.printers);
  const known = [...printers.values()];
  const form = useForm({
    initial: initialDraft(),
    labels: printerLabels,
    check: (draft) => checkPrinter(draft, printers),
    send: client.createPrinter,
    onSaved(printer, created) {
      addNotice('done', text(created ? 'printerForm.saved' : 'printerForm.existed', { name: printer.name }));
      close();
    },
  });
  const { draft, set, leave, errorOf } = form;
  return (
    <FormFrame
      title={text('printerForm.title')}
      submitLabel={text('printerForm.submit')}
      sending={form.sending}
      topError={form.topError}
      onSubmit={form.submit}
    >
      <div className={styles['pair']}>
        <Autocomplete
          label={printerLabels.company}
          data-autofocus
          openOnFocus={false}
          required
          data={distinct(known.map((printer) => printer.company))}
          value={draft.company}
          error={errorOf('company')}
          onChange={(company) => {
            set({ company });
          }}
          onBlur={() => {
            leave('company');
          }}
        />
        <Autocomplete
          label={printerLabels.model}
          required
          data={distinct(
            known.filter((printer) => printer.company === draft.company).map((printer) => printer.model),
          )}
          value={draft.model}
          error={errorOf('model')}
          onChange={(model) => {
            set({ model });
          }}
          onBlur={() => {
            leave('model');
          }}
        />
      </div>
      <TextInput
        label={printerLabels.name}
        description={text('printerForm.nameHint')}
        value={draft.name}
        error={errorOf('name')}
        onChange={(event) => {
          set({ name: event.currentTarget.value });
        }}
        onBlur={() => {
          leave('name');
        }}
      />
      <TextInput
        label={printerLabels.id}
        description={text('form.idHint')}
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
    </FormFrame>
  );
}
