/** The bars under the top: what does not work right now, what still does, and what to do about it. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { WarningIcon } from '../components/icons.tsx';
import { useNow } from '../components/useNow.ts';
import { text } from '../format/text.ts';
import { formatClockSeconds } from '../format/time.ts';
import { useFarm } from '../store/farmStore.ts';
import type { Link } from '../store/mirror.ts';
import styles from './Banners.module.css';

export function Banners({ onRetry }: { readonly onRetry: () => void }) {
  const link = useFarm((mirror) => mirror.link);
  return (
    <div aria-live="polite">
      {link.kind === 'lost' ? <LostBanner link={link} onRetry={onRetry} /> : <FarmBanner />}
    </div>
  );
}

function Bar({ tone, children }: { readonly tone: 'bad' | 'warn'; readonly children: ReactNode }) {
  return (
    <div className={styles['bar']} data-tone={tone}>
      <WarningIcon />
      {children}
    </div>
  );
}

function LostBanner({
  link,
  onRetry,
}: {
  readonly link: Extract<Link, { kind: 'lost' }>;
  readonly onRetry: () => void;
}) {
  const heardAtMs = useFarm((mirror) => mirror.heardAtMs);
  return (
    <Bar tone="bad">
      <span>
        {heardAtMs === null
          ? text('banner.staleNever')
          : text('banner.stale', { time: formatClockSeconds(heardAtMs) })}
      </span>
      <Countdown retryAtMs={link.retryAtMs} />
      <Button size="compact-xs" variant="default" disabled={link.retryAtMs === null} onClick={onRetry}>
        {text('banner.retryNow')}
      </Button>
    </Bar>
  );
}

/** Counts down for the eye only: a screen reader would read every second. */
function Countdown({ retryAtMs }: { readonly retryAtMs: number | null }) {
  const nowMs = useNow();
  const seconds = retryAtMs === null ? 0 : Math.ceil((retryAtMs - nowMs) / 1000);
  return (
    <span className={styles['quiet']} aria-live="off">
      {seconds <= 0 ? text('banner.retrying') : text('banner.retryIn', { seconds })}
    </span>
  );
}

function FarmBanner() {
  const role = useFarm((mirror) => mirror.cluster?.role);
  const leaderless = useFarm((mirror) => mirror.cluster !== null && mirror.cluster.leader_id === null);
  if (role === 'failed') return <Bar tone="bad">{text('banner.failed')}</Bar>;
  if (role === 'removed') return <Bar tone="bad">{text('banner.removed')}</Bar>;
  if (leaderless) {
    return (
      <Bar tone="warn">
        <strong>{text('banner.noLeader')}</strong>
        <span>{text('banner.noLeaderHint')}</span>
      </Bar>
    );
  }
  if (role === 'recovering') return <Bar tone="warn">{text('banner.recovering')}</Bar>;
  return null;
}
