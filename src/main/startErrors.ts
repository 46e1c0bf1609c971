/** Says in one sentence why a node could not start and what to do: for the terminal and for the window's dialog. */
import { OperatingError } from './operatingError.ts';

function codeOf(error: Error): string | null {
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function addressOf(error: Error): string {
  const port = 'port' in error && typeof error.port === 'number' ? error.port : null;
  const address = 'address' in error && typeof error.address === 'string' ? error.address : null;
  if (port === null) return 'The address';
  return address === null ? `Port ${port}` : `${address}:${port}`;
}

/** The sentence for `error`. Unknown errors keep their own words. */
export function explainStartError(error: unknown): string {
  if (!(error instanceof Error)) return `The node could not start: ${String(error)}`;
  if (error instanceof OperatingError) return error.message;
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `${addressOf(error)} is in use by another program. Stop that one, or choose other ports with --http and --peer.`;
    case 'EADDRNOTAVAIL':
      return `${addressOf(error)} is not an address of this PC. Choose another one with --http or --peer.`;
    case 'EACCES':
    case 'EPERM':
      return `The system does not allow it: ${error.message}. Choose a port above 1023, or a folder that is yours.`;
    case 'ENOSPC':
      return `The disk is full: ${error.message}. Make room and start again; nothing that was stored is lost.`;
    default:
      return `The node could not start: ${error.message}`;
  }
}
