/** The window as a whole: bar, banners, the view of the route, the open dialog, the notices. */
import { NoticeList } from '../components/NoticeList.tsx';
import { text } from '../format/text.ts';
import { useDialogs } from '../store/dialogs.ts';
import { useFarm } from '../store/farmStore.ts';
import { isStale } from '../store/mirror.ts';
import { useRoute, type ViewName } from '../store/route.ts';
import styles from './App.module.css';
import { Banners } from './Banners.tsx';
import { CancelDialog } from './CancelDialog.tsx';
import { ClusterView } from './ClusterView.tsx';
import { FilamentView } from './FilamentView.tsx';
import { FloorView } from './FloorView.tsx';
import { FilamentForm } from './forms/FilamentForm.tsx';
import { JobForm } from './forms/JobForm.tsx';
import { PrinterForm } from './forms/PrinterForm.tsx';
import { QueueView } from './QueueView.tsx';
import { ShortcutSheet } from './ShortcutSheet.tsx';
import { TopBar } from './TopBar.tsx';
import { useShortcutKeys } from './useShortcutKeys.ts';

const VIEW_COMPONENTS = {
  floor: FloorView,
  queue: QueueView,
  filament: FilamentView,
  cluster: ClusterView,
} as const satisfies Record<ViewName, unknown>;

/** `onRetry`: connect to the node at once instead of waiting. */
export function App({ onRetry }: { readonly onRetry: () => void }) {
  useShortcutKeys();
  const View = VIEW_COMPONENTS[useRoute()];
  const stale = useFarm(isStale);
  return (
    <>
      <a
        href="#content"
        className={styles['skip']}
        onClick={(event) => {
          // The hash is the route; the skip must not change it.
          event.preventDefault();
          document.getElementById('content')?.focus();
        }}
      >
        {text('app.skip')}
      </a>
      <TopBar />
      <Banners onRetry={onRetry} />
      <main id="content" tabIndex={-1} className={styles['content']} data-stale={stale ? true : undefined}>
        <View />
      </main>
      <OpenDialog />
      <NoticeList />
    </>
  );
}

function OpenDialog() {
  const dialog = useDialogs((store) => store.dialog);
  switch (dialog.kind) {
    case 'none':
      return null;
    case 'printer':
      return <PrinterForm />;
    case 'filament':
      return <FilamentForm />;
    case 'job':
      return <JobForm printerId={dialog.printerId} filamentId={dialog.filamentId} />;
    case 'confirmCancel':
      return <CancelDialog jobId={dialog.jobId} />;
    case 'shortcuts':
      return <ShortcutSheet />;
  }
}
