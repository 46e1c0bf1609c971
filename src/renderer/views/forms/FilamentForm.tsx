/** Adds a spool. */
import { Autocomplete, NumberInput, TextInput } from '@mantine/core';
import { useFarmClient } from '../../client/clientContext.ts';
import { SpoolSwatch } from '../../components/SpoolSwatch.tsx';
import { SUGGESTED_COLORS } from '../../format/filamentColor.ts';
import { suggestNumberedId } from '../../format/suggestId.ts';
import { text } from '../../format/text.ts';
import { useDialogs } from '../../store/dialogs.ts';
import { farmStore, useFarm } from '../../store/farmStore.ts';
import { useNotices } from '../../store/notices.ts';
import { FormFrame } from './FormFrame.tsx';
import styles from './FormFrame.module.css';
import {
  checkFilament,
  type FilamentDraft,
  filamentLabels,
  FULL_SPOOL_GRAMS,
  KNOWN_MATERIALS,
  withTotal,
} from './filamentDraft.ts';
import { useForm } from './useForm.ts';

function initialDraft(): FilamentDraft {
  return {
    id: suggestNumberedId('f', farmStore.getState().filaments.keys()),
    type: KNOWN_MATERIALS[0] ?? '',
    color: '',
    total_weight_in_grams: FULL_SPOOL_GRAMS,
    remaining_weight_in_grams: FULL_SPOOL_GRAMS,
  };
}

export function FilamentForm() {
  const client = useFarmClient();
  const close = useDialogs((store) => store.close);
  const addNotice = useNotices((store) => store.add);
  const filaments = useFarm((mirror) => mirror.filaments);
  const form = useForm({
    initial: initialDraft(),
    labels: filamentLabels,
    check: (draft) => checkFilament(draft, filaments),
    send: client.createFilament,
    onSaved(spool, created) {
      addNotice('done', text(created ? 'filamentForm.saved' : 'filamentForm.existed', { id: spool.id }));
      close();
    },
  });
  const { draft, set, leave, errorOf } = form;
  return (
    <FormFrame
      title={text('filamentForm.title')}
      submitLabel={text('filamentForm.submit')}
      sending={form.sending}
      topError={form.topError}
      onSubmit={form.submit}
    >
      <div className={styles['pair']}>
        <Autocomplete
          label={filamentLabels.type}
          required
          data={[...KNOWN_MATERIALS]}
          value={draft.type}
          error={errorOf('type')}
          onChange={(type) => {
            set({ type });
          }}
          onBlur={() => {
            leave('type');
          }}
        />
        <Autocomplete
          label={filamentLabels.color}
          data-autofocus
          openOnFocus={false}
          required
          data={[...SUGGESTED_COLORS]}
          leftSection={<SpoolSwatch color={draft.color} />}
          value={draft.color}
          error={errorOf('color')}
          onChange={(color) => {
            set({ color });
          }}
          onBlur={() => {
            leave('color');
          }}
        />
        <NumberInput
          label={filamentLabels.total_weight_in_grams}
          required
          suffix=" g"
          min={0}
          clampBehavior="none"
          hideControls
          value={draft.total_weight_in_grams}
          error={errorOf('total_weight_in_grams')}
          onChange={(total) => {
            set(withTotal(draft, total));
          }}
          onBlur={() => {
            leave('total_weight_in_grams');
          }}
        />
        <NumberInput
          label={filamentLabels.remaining_weight_in_grams}
          required
          suffix=" g"
          min={0}
          clampBehavior="none"
          hideControls
          value={draft.remaining_weight_in_grams}
          error={errorOf('remaining_weight_in_grams')}
          onChange={(remaining) => {
            set({ remaining_weight_in_grams: remaining });
          }}
          onBlur={() => {
            leave('remaining_weight_in_grams');
          }}
        />
      </div>
      <TextInput
        label={filamentLabels.id}
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
