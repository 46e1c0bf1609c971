/** Long lists are drawn a page at a time: 10,000 rows at once would make every patch slow. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { text } from '../format/text.ts';
import styles from './ShowMore.module.css';

/** What a person scrolls through before searching instead. */
export const PAGE_ROWS = 100;

export interface Paged<T> {
  readonly shown: readonly T[];
  readonly total: number;
  readonly more: () => void;
}

/** The first pages of `rows`. Another `resetKey` (a filter, a search) begins with the first page again. */
export function usePaged<T>(rows: readonly T[], resetKey: string): Paged<T> {
  const [page, setPage] = useState({ key: resetKey, pages: 1 });
  const pages = page.key === resetKey ? page.pages : 1;
  return {
    shown: rows.slice(0, pages * PAGE_ROWS),
    total: rows.length,
    more() {
      setPage({ key: resetKey, pages: pages + 1 });
    },
  };
}

export function ShowMore<T>({ paged }: { readonly paged: Paged<T> }) {
  const left = paged.total - paged.shown.length;
  if (left <= 0) return null;
  return (
    <div className={styles['more']}>
      <span>{text('common.shown', { shown: paged.shown.length, total: paged.total })}</span>
      <Button variant="default" onClick={paged.more}>
        {text('common.showMore', { count: Math.min(left, PAGE_ROWS) })}
      </Button>
    </div>
  );
}
