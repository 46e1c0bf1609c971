/** The life of a form: a draft that is edited, checked, sent, and perhaps refused. Knows no field of its own. */
import { useState } from 'react';
import type { ApiAnswer, ApiFailure } from '../../client/answer.ts';
import type { Checked } from './checks.ts';
import { placeServerErrors } from './serverErrors.ts';

export interface FormOptions<Draft, Field extends keyof Draft & string, Request, T> {
  readonly initial: Draft;
  /** Every field with the name that people see. */
  readonly labels: Readonly<Record<Field, string>>;
  readonly check: (draft: Draft) => Checked<Field, Request>;
  readonly send: (request: Request) => Promise<ApiAnswer<T>>;
  /** After success; `created` is false when the same record was there already. */
  readonly onSaved: (value: T, created: boolean) => void;
}

export interface Form<Draft, Field extends keyof Draft & string> {
  readonly draft: Draft;
  readonly sending: boolean;
  /** What belongs above the fields, or null. */
  readonly topError: string | null;
  /** What is wrong with a field, once the person left it or tried to send. */
  readonly errorOf: (field: Field) => string | undefined;
  readonly set: (changes: Partial<Draft>) => void;
  /** The person left this field: its error may be shown from now on. */
  readonly leave: (field: Field) => void;
  readonly submit: () => Promise<void>;
}

interface FormState<Draft> {
  readonly draft: Draft;
  /** Fields that were left, or all after a try to send. */
  readonly shown: ReadonlySet<string>;
  /** The last failed answer, and the draft it was about: an edited field is no longer to blame. */
  readonly failed: { readonly failure: ApiFailure; readonly draft: Draft } | null;
  readonly sending: boolean;
}

export function useForm<Draft extends object, Field extends keyof Draft & string, Request, T>(
  options: FormOptions<Draft, Field, Request, T>,
): Form<Draft, Field> {
  const { labels, check, send, onSaved } = options;
  const [state, setState] = useState<FormState<Draft>>({
    draft: options.initial,
    shown: new Set(),
    failed: null,
    sending: false,
  });
  const checked = check(state.draft);
  const server = state.failed === null ? null : placeServerErrors(state.failed.failure, labels);

  async function submit(): Promise<void> {
    if (state.sending) return;
    const { draft } = state;
    if (!checked.ok) {
      setState((now) => ({ ...now, shown: new Set(Object.keys(labels)) }));
      return;
    }
    setState((now) => ({ ...now, sending: true, failed: null }));
    const answer = await send(checked.request);
    if (answer.kind === 'ok') {
      onSaved(answer.value, answer.created);
      return;
    }
    setState((now) => ({ ...now, sending: false, failed: { failure: answer, draft } }));
  }

  function errorOf(field: Field): string | undefined {
    if (state.failed !== null && state.failed.draft[field] === state.draft[field]) {
      const refused = server?.fields[field];
      if (refused !== undefined) return refused;
    }
    return checked.ok || !state.shown.has(field) ? undefined : checked.errors[field];
  }

  return {
    draft: state.draft,
    sending: state.sending,
    topError: server?.top ?? null,
    errorOf,
    set(changes) {
      setState((now) => ({ ...now, draft: { ...now.draft, ...changes } }));
    },
    leave(field) {
      setState((now) => (now.shown.has(field) ? now : { ...now, shown: new Set([...now.shown, field]) }));
    },
    submit,
  };
}
