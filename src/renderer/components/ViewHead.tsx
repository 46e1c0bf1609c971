/** The head of a view: its name, a line that sums it up, its search field, its one main action. */
import { CloseButton, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { text } from '../format/text.ts';
import { SearchIcon } from './icons.tsx';
import styles from './ViewHead.module.css';

/** The field that `/` goes to; there is one view at a time, so one such field. */
export const SEARCH_FIELD_ID = 'view-search';

/** More than any name; keeps a pasted file out of the search. */
const SEARCH_CHARS_MAX = 200;

export interface SearchProps {
  readonly value: string;
  readonly label: string;
  readonly onChange: (value: string) => void;
}

export interface ViewHeadProps {
  readonly title: string;
  readonly summary?: ReactNode;
  readonly search?: SearchProps;
  readonly action?: ReactNode;
}

export function ViewHead({ title, summary, search, action }: ViewHeadProps) {
  return (
    <div className={styles['head']}>
      <h1 className={styles['title']}>{title}</h1>
      <div className={styles['summary']}>{summary}</div>
      {search === undefined ? null : <SearchField {...search} />}
      {action}
    </div>
  );
}

function SearchField({ value, label, onChange }: SearchProps) {
  return (
    <TextInput
      id={SEARCH_FIELD_ID}
      className={styles['search']}
      size="xs"
      type="search"
      aria-label={label}
      placeholder={label}
      maxLength={SEARCH_CHARS_MAX}
      leftSection={<SearchIcon size={14} />}
      rightSection={
        value === '' ? null : (
          <CloseButton
            size="xs"
            aria-label={text('common.clearSearch')}
            onClick={() => {
              onChange('');
            }}
          />
        )
      }
      value={value}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
    />
  );
}
