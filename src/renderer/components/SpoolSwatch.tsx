/** A spool seen from the side, in the colour of its filament; hatched when the colour's name is not known. */
import { filamentCssColor } from '../format/filamentColor.ts';
import styles from './SpoolSwatch.module.css';

export interface SpoolSwatchProps {
  /** As typed on the spool. */
  readonly color: string;
  /** Edge in pixels. */
  readonly size?: number;
}

/** The colour is always written beside it, so the swatch itself is silent for screen readers. */
export function SpoolSwatch({ color, size = 14 }: SpoolSwatchProps) {
  const known = filamentCssColor(color);
  return (
    <span
      className={styles['swatch']}
      data-unknown={known === null ? true : undefined}
      style={{ width: size, height: size, ...(known === null ? {} : { backgroundColor: known }) }}
      aria-hidden="true"
    />
  );
}
