/** Reads the segment files of a directory into memory, checks whose they are, and makes the last one durable. */
import { requireIdentity, type DirectoryIdentity } from './directoryIdentity.ts';
import type { Disk } from './ports.ts';
import {
  decodeSegmentHeader,
  SEGMENT_VERSION,
  segmentName,
  segmentSalt,
  segmentSequence,
} from './segmentHeader.ts';
import type { SegmentImage } from './segmentReplay.ts';
import { StorageError } from './storageErrors.ts';

/**
 * All segments, by sequence. Earlier ones were synced before the next was made; the last may hold bytes that a
 * crashed process left in the page cache, so it is synced before anybody acts on it.
 *
 * Errors: `wrong_directory`, `unsupported_version`, the disk's own.
 */
export async function readSegments(
  disk: Disk,
  identity: DirectoryIdentity,
  names: readonly string[],
): Promise<readonly SegmentImage[]> {
  const sequences = names.flatMap((name) => segmentSequence(name) ?? []).sort((a, b) => a - b);
  const images: SegmentImage[] = [];
  for (const sequence of sequences) {
    const isLast = sequence === sequences.at(-1);
    const bytes = await readWhole(disk, segmentName(sequence), isLast);
    const header = decodeSegmentHeader(bytes);
    if (header !== null) {
      if (header.version > SEGMENT_VERSION) {
        throw new StorageError(
          'unsupported_version',
          `${segmentName(sequence)} has version ${String(header.version)}`,
        );
      }
      requireIdentity(header, identity, segmentName(sequence));
    }
    images.push({ sequence, salt: segmentSalt(sequence, identity), bytes });
  }
  return images;
}

async function readWhole(disk: Disk, name: string, sync: boolean): Promise<Uint8Array> {
  const file = await disk.open(name, sync ? 'readWrite' : 'read');
  try {
    const bytes = await file.read(0, await file.size());
    if (sync) await file.sync();
    return bytes;
  } finally {
    await file.close();
  }
}
