import { startEmbedded } from '../../src/kernel/db/embedded.ts';

// A process that does with a data dir what a gateway does, to be killed by tests: it prints its database's address as its
// one line and lives until its input ends.
try {
  const embedded = await startEmbedded({ dataDir: process.argv[2] ?? '', settings: { fsync: 'off' } });
  console.log(embedded.url);
  process.stdin.resume().once('end', () => void embedded.stop());
} catch (error) {
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
  process.exitCode = 1;
}
