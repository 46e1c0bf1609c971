/** Numbers for monitoring, in Prometheus' text format: the process, the cluster, the HTTP server. */
import type { ServerResponse } from 'node:http';
import type { Cluster } from '../cluster/port.ts';

const COUNTED_METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
]);

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Counts answers by method and status. Both sets of words are small, so the table is bounded. */
export class RequestCounters {
  private readonly counts = new Map<string, number>();

  /** Counts `res` once it was sent. */
  watch(method: string | undefined, res: ServerResponse): void {
    const word = method !== undefined && COUNTED_METHODS.has(method) ? method : 'other';
    res.once('finish', () => {
      const labels = `method="${word}",status="${res.statusCode}"`;
      this.counts.set(labels, (this.counts.get(labels) ?? 0) + 1);
    });
  }

  entries(): Iterable<readonly [labels: string, count: number]> {
    return this.counts;
  }
}

type Sample = readonly [labels: string, value: number];

function family(name: string, type: 'counter' | 'gauge', help: string, samples: Iterable<Sample>): string {
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
  for (const [labels, value] of samples) lines.push(`${name}${labels === '' ? '' : `{${labels}}`} ${value}`);
  return lines.join('\n');
}

const single = (value: number): readonly Sample[] => [['', value]];

function processFamilies(): readonly string[] {
  const cpu = process.cpuUsage();
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  return [
    family('process_cpu_seconds_total', 'counter', 'CPU time used.', single(cpuSeconds)),
    family('process_resident_memory_bytes', 'gauge', 'Memory held.', single(process.memoryUsage.rss())),
    family('raft3d_uptime_seconds', 'gauge', 'Time since the process began.', single(process.uptime())),
  ];
}

function clusterFamilies(cluster: Cluster): readonly string[] {
  const status = cluster.status();
  const { state, leaderContactMs } = cluster.readLocal();
  const heard: readonly Sample[] = leaderContactMs === null ? [] : single(leaderContactMs / 1000);
  return [
    family('raft3d_role', 'gauge', 'What this node is doing.', [[`role="${status.role}"`, 1]]),
    family(
      'raft3d_ready',
      'gauge',
      '1 when a leader is known and all is applied.',
      single(Number(status.ready)),
    ),
    family('raft3d_term', 'gauge', 'Current Raft term.', single(status.term)),
    family('raft3d_commit_index', 'gauge', 'Committed log index.', single(status.commitIndex)),
    family('raft3d_applied_index', 'gauge', 'Applied log index.', single(status.appliedIndex)),
    family('raft3d_leader_contact_seconds', 'gauge', 'Time since the leader was heard.', heard),
    family('raft3d_members', 'gauge', 'PCs in the consensus group.', [
      ['kind="voter"', status.voters.length],
      ['kind="learner"', status.learners.length],
    ]),
    family('raft3d_records', 'gauge', 'Records of the farm.', [
      ['collection="printers"', state.printers.size],
      ['collection="filaments"', state.filaments.size],
      ['collection="printjobs"', state.jobs.size],
    ]),
  ];
}

/** The whole page. */
export function metricsText(cluster: Cluster, counters: RequestCounters, eventClients: number): string {
  const families = [
    ...processFamilies(),
    ...clusterFamilies(cluster),
    family('raft3d_http_requests_total', 'counter', 'Answers sent.', counters.entries()),
    family('raft3d_event_clients', 'gauge', 'Open live views.', single(eventClients)),
  ];
  return `${families.join('\n')}\n`;
}
