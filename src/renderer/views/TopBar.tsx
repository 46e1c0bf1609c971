/** The bar on top: the farm, the views, how the link stands, who leads, the theme. Always in the same place. */
import { ActionIcon, type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import type { ClusterRecord } from '../../contract/records.ts';
import {
  AutoThemeIcon,
  ClusterIcon,
  KeyboardIcon,
  LeaderIcon,
  LinkIcon,
  LinkLostIcon,
  MoonIcon,
  PrinterIcon,
  QueueIcon,
  SpoolIcon,
  SunIcon,
} from '../components/icons.tsx';
import { text } from '../format/text.ts';
import { useDialogs } from '../store/dialogs.ts';
import { useFarm } from '../store/farmStore.ts';
import { routeHref, useRoute, VIEWS } from '../store/route.ts';
import styles from './TopBar.module.css';

const VIEW_ICONS = {
  floor: PrinterIcon,
  queue: QueueIcon,
  filament: SpoolIcon,
  cluster: ClusterIcon,
} as const;

export function TopBar() {
  const cluster = useFarm((mirror) => mirror.cluster);
  const show = useDialogs((store) => store.show);
  return (
    <header className={styles['bar']}>
      <div className={styles['farm']} title={cluster?.farm_name}>
        {cluster === null || cluster.farm_name === '' ? text('app.name') : cluster.farm_name}
      </div>
      <Navigation />
      <div className={styles['status']}>
        <ThisPc cluster={cluster} />
        <LinkState />
        <ThemeToggle />
        <ActionIcon
          variant="subtle"
          size="md"
          aria-label={text('top.shortcuts')}
          title={`${text('top.shortcuts')} (?)`}
          onClick={() => {
            show({ kind: 'shortcuts' });
          }}
        >
          <KeyboardIcon />
        </ActionIcon>
      </div>
    </header>
  );
}

function Navigation() {
  const current = useRoute();
  return (
    <nav aria-label={text('nav.label')} className={styles['nav']}>
      {VIEWS.map((view) => {
        const Icon = VIEW_ICONS[view];
        return (
          <a
            key={view}
            href={routeHref(view)}
            className={styles['link']}
            aria-current={view === current ? 'page' : undefined}
          >
            <Icon />
            {text(`nav.${view}`)}
          </a>
        );
      })}
    </nav>
  );
}

function ThisPc({ cluster }: { readonly cluster: ClusterRecord | null }) {
  if (cluster === null) return null;
  const self = cluster.members.find((member) => member.is_self);
  const name = self?.name ?? cluster.node_id.slice(0, 8);
  return (
    <div className={styles['pc']} title={text('top.thisPc', { name })}>
      <span className={styles['pcName']}>{name}</span>
      <span className={styles['leads']} data-none={cluster.leader_id === null ? true : undefined}>
        {cluster.leader_id === null ? null : <LeaderIcon size={13} />}
        {describeLeader(cluster)}
      </span>
    </div>
  );
}

function describeLeader(cluster: ClusterRecord): string {
  if (cluster.leader_id === null) return text('top.noLeader');
  if (cluster.leader_id === cluster.node_id) return text('top.leads');
  const leader = cluster.members.find((member) => member.id === cluster.leader_id);
  return text('top.ledBy', { name: leader?.name ?? cluster.leader_id.slice(0, 8) });
}

function LinkState() {
  const kind = useFarm((mirror) => mirror.link.kind);
  const word = text(kind === 'lost' ? 'link.stale' : `link.${kind}`);
  return (
    <div className={styles['connection']} data-link={kind} role="status">
      {kind === 'lost' ? <LinkLostIcon /> : <LinkIcon />}
      <span className={styles['connectionWord']}>{word}</span>
    </div>
  );
}

const NEXT_SCHEME: Readonly<Record<MantineColorScheme, MantineColorScheme>> = {
  auto: 'light',
  light: 'dark',
  dark: 'auto',
};
const SCHEME_ICONS = { auto: AutoThemeIcon, light: SunIcon, dark: MoonIcon } as const;

function ThemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const next = NEXT_SCHEME[colorScheme];
  const Icon = SCHEME_ICONS[colorScheme];
  const label = text('top.theme', { theme: text(`theme.${colorScheme}`), next: text(`theme.${next}`) });
  return (
    <ActionIcon
      variant="subtle"
      size="md"
      aria-label={label}
      title={label}
      onClick={() => {
        setColorScheme(next);
      }}
    >
      <Icon />
    </ActionIcon>
  );
}
