/** Every change the window can ask for, as one method each. Reads come over the event stream, not from here. */
import type {
  FilamentRecord,
  InvitationRecord,
  PrinterRecord,
  PrintjobRecord,
  PrintjobStatus,
} from '../../contract/records.ts';
import type {
  AddFilamentRequest,
  AddPrinterRequest,
  CreatePrintjobRequest,
} from '../../contract/requests.ts';
import { jobStatusPath, recordPath, ROUTES } from '../../contract/routes.ts';
import type { ApiAnswer } from './answer.ts';
import { type FetchLike, sendOnce } from './request.ts';
import { type RetryPorts, sendWithRetry } from './retry.ts';

export type JobStep = Exclude<PrintjobStatus, 'queued'>;

/** Each method resolves with the outcome and never rejects. Safe to call again with the same id. */
export interface FarmClient {
  readonly createPrinter: (printer: AddPrinterRequest) => Promise<ApiAnswer<PrinterRecord>>;
  readonly createFilament: (filament: AddFilamentRequest) => Promise<ApiAnswer<FilamentRecord>>;
  readonly createPrintjob: (job: CreatePrintjobRequest) => Promise<ApiAnswer<PrintjobRecord>>;
  /** Moves a job on; a step that an unknown earlier try already made counts as made. */
  readonly setJobStatus: (jobId: string, status: JobStep) => Promise<ApiAnswer<PrintjobRecord>>;
  /** Makes a one-time token. Not repeated by itself after an unknown outcome: each one is a new secret. */
  readonly createInvitation: () => Promise<ApiAnswer<InvitationRecord>>;
}

/** `fetchLike` sends; `ports` waits and draws lots between tries. */
export function createFarmClient(fetchLike: FetchLike, ports: RetryPorts): FarmClient {
  async function create<T>(path: string, body: unknown): Promise<ApiAnswer<T>> {
    const tried = await sendWithRetry(() => sendOnce<T>(fetchLike, { method: 'POST', path, body }), ports);
    // The record that an earlier try of this very call made is new to the person who asked for it.
    if (tried.answer.kind === 'ok' && tried.earlierUnknown) return { ...tried.answer, created: true };
    return tried.answer;
  }

  async function setJobStatus(jobId: string, status: JobStep): Promise<ApiAnswer<PrintjobRecord>> {
    const step = { method: 'POST', path: jobStatusPath(jobId, status) } as const;
    const tried = await sendWithRetry(() => sendOnce<PrintjobRecord>(fetchLike, step), ports);
    if (tried.answer.kind !== 'refused' || !tried.earlierUnknown) return tried.answer;
    const now = await sendOnce<PrintjobRecord>(fetchLike, {
      method: 'GET',
      path: recordPath('printjobs', jobId),
    });
    return now.kind === 'ok' && now.value.status === status ? now : tried.answer;
  }

  return {
    createPrinter: (printer) => create(ROUTES.printers, printer),
    createFilament: (filament) => create(ROUTES.filaments, filament),
    createPrintjob: (job) => create(ROUTES.printjobs, job),
    setJobStatus,
    createInvitation: () => sendOnce(fetchLike, { method: 'POST', path: ROUTES.invitations, body: {} }),
  };
}

/** The client of this very page: its node is where the page came from. */
export function createBrowserClient(): FarmClient {
  return createFarmClient((url, init) => fetch(url, init), {
    wait: (waitMs) => new Promise((resolve) => setTimeout(resolve, waitMs)),
    chance: () => Math.random(),
  });
}
