/** A spool's grams as one bar: free, reserved by open jobs, used. The numbers stand beside it as text. */
import { text } from '../format/text.ts';
import { formatGrams, percentOf } from '../format/weight.ts';
import type { SpoolParts } from '../store/spools.ts';
import styles from './WeightBar.module.css';

export interface WeightBarProps {
  readonly parts: SpoolParts;
  readonly totalGrams: number;
}

export function WeightBar({ parts, totalGrams }: WeightBarProps) {
  const label = text('filament.bar', {
    free: formatGrams(parts.freeGrams),
    reserved: formatGrams(parts.reservedGrams),
    used: formatGrams(parts.usedGrams),
    total: formatGrams(totalGrams),
  });
  return (
    <span className={styles['bar']} role="img" aria-label={label} title={label}>
      <span className={styles['free']} style={{ width: `${percentOf(parts.freeGrams, totalGrams)}%` }} />
      <span
        className={styles['reserved']}
        style={{ width: `${percentOf(parts.reservedGrams, totalGrams)}%` }}
      />
    </span>
  );
}

/** Names the three parts once, above the list. */
export function WeightLegend() {
  return (
    <span className={styles['legend']}>
      <span className={styles['key']} data-part="free" />
      {text('filament.legend.free')}
      <span className={styles['key']} data-part="reserved" />
      {text('filament.legend.reserved')}
      <span className={styles['key']} data-part="used" />
      {text('filament.legend.used')}
    </span>
  );
}
