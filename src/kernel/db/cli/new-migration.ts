import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../clock.ts';
import { StartError } from '../../start-error.ts';
import { startEmbedded } from '../embedded.ts';
import { newMigration } from '../new-migration.ts';

// `npm run migrate:new -- name`: writes the migration that schema.prisma needs. It works on a throw-away PostgreSQL, so no
// database of anybody is touched.
async function run(name: string): Promise<string | undefined> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bramka-migration-'));
  try {
    const embedded = await startEmbedded({ dataDir, settings: { fsync: 'off' } });
    try {
      return await newMigration({ name, at: systemClock.now(), serverUrl: embedded.url });
    } finally {
      await embedded.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

try {
  const file = await run(process.argv[2] ?? '');
  console.log(file === undefined ? 'The migrations already say what schema.prisma says.' : `Wrote ${file}; read it.`);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
