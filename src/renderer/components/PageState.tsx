/** What a view shows when it has no list to show: still loading, nothing there yet, nothing found. */
import { Skeleton, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { text } from '../format/text.ts';
import styles from './PageState.module.css';

/** Rows or cards of the height that the real ones have, so that nothing jumps when they come. */
export function LoadingRows({ rows, rowHeight }: { readonly rows: number; readonly rowHeight: number }) {
  return (
    <div className={styles['rows']} role="status">
      <VisuallyHidden>{text('common.loading')}</VisuallyHidden>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={rowHeight} radius={6} />
      ))}
    </div>
  );
}

export function LoadingCards({ cards, cardHeight }: { readonly cards: number; readonly cardHeight: number }) {
  return (
    <div className={styles['cards']} role="status">
      <VisuallyHidden>{text('common.loading')}</VisuallyHidden>
      {Array.from({ length: cards }, (_, card) => (
        <Skeleton key={card} height={cardHeight} radius={8} />
      ))}
    </div>
  );
}

export interface EmptyStateProps {
  readonly icon: ReactNode;
  readonly title: string;
  /** The next step in words. */
  readonly hint?: string;
  /** The next step as a button. */
  readonly children?: ReactNode;
}

export function EmptyState({ icon, title, hint, children }: EmptyStateProps) {
  return (
    <div className={styles['empty']}>
      <span className={styles['emptyIcon']}>{icon}</span>
      <h2 className={styles['emptyTitle']}>{title}</h2>
      {hint === undefined ? null : <p className={styles['emptyHint']}>{hint}</p>}
      {children}
    </div>
  );
}
