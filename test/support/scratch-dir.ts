import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const inMemory = '/dev/shm';
const bytesNeeded = 4 * 1024 ** 3;

/**
 * Where a run of the tests keeps what it throws away: in memory where there is enough of it, unless TMPDIR says otherwise.
 * Databases of several hundred files come and go all the time, and an ext4 without a journal looks, for each new file, at
 * all those that were deleted within the last minute: that made a new database ten times slower.
 */
export function scratchDir(): string {
  const { TMPDIR } = process.env;
  return TMPDIR === undefined && hasRoom(inMemory) ? inMemory : tmpdir();
}

function hasRoom(dir: string): boolean {
  if (!existsSync(dir)) return false;
  const { bavail, bsize } = statfsSync(dir);
  return Math.min(bavail * bsize, process.availableMemory()) >= bytesNeeded;
}
