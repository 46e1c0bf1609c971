/** Watches a practice cluster over its API and tells what people want to know: complete or not, and who leads. */
import { ROUTES } from '../../contract/routes.ts';
import { askNode, textField } from './nodeClient.ts';

/** Often enough to see an election, seldom enough to cost nothing. */
const POLL_MS = 500;

/** What any one node says; null when none answers. */
export interface ClusterView {
  readonly leaderId: string | null;
  readonly votersCount: number;
}

async function viewFrom(httpUrl: string): Promise<ClusterView | null> {
  try {
    const { status, body } = await askNode(httpUrl, 'GET', ROUTES.cluster);
    if (status !== 200) return null;
    const voters = (body as Readonly<Record<string, unknown>>)['voters'];
    return {
      leaderId: textField(body, 'leader_id') ?? null,
      votersCount: Array.isArray(voters) ? voters.length : 0,
    };
  } catch {
    // It is starting, stopping or was killed: another node may answer.
    return null;
  }
}

/** The first view that knows a leader, else any, else null. */
export async function viewCluster(httpUrls: readonly string[]): Promise<ClusterView | null> {
  let best: ClusterView | null = null;
  for (const httpUrl of httpUrls) {
    const view = await viewFrom(httpUrl);
    if (view !== null && view.leaderId !== null) return view;
    best ??= view;
  }
  return best;
}

export interface ClusterWatch {
  stop(): void;
}

/**
 * Looks every half second and calls `onChange` when the leader or the number of voters became another. `httpUrls` is
 * asked anew each time, because nodes come and go.
 */
export function watchCluster(
  httpUrls: () => readonly string[],
  onChange: (view: ClusterView) => void,
): ClusterWatch {
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;
  let last: ClusterView | null = null;
  const look = async (): Promise<void> => {
    const view = await viewCluster(httpUrls());
    if (stopped) return;
    if (view !== null && (view.leaderId !== last?.leaderId || view.votersCount !== last.votersCount)) {
      last = view;
      onChange(view);
    }
    timer = setTimeout(() => void look(), POLL_MS);
  };
  void look();
  return {
    stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
