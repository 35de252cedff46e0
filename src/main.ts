import { type Config, readConfig, tellLibraries } from './config.ts';
import { endOnSignals } from './end-process.ts';
import { StartError } from './kernel/start-error.ts';
import type { Gateway } from './start-gateway.ts';

/**
 * Starts the gateway and stops it on SIGTERM, SIGINT or SIGHUP, also on one that comes while it starts. Whatever keeps it from
 * starting is said in one clear line, with exit code 1.
 */
async function main(): Promise<void> {
  const config = readConfig(undefined, 'gateway');
  tellLibraries();
  const ending = endOnSignals(
    (signal) => start(config, signal),
    (error) => console.error('Bramka could not stop cleanly:', error),
  );
  const gateway = await ending.started;
  if (!gateway) return;
  if (!ending.begun()) console.log(`Bramka is ready: ${gateway.url}`);
  const reason = await gateway.lost;
  if (ending.begun()) return;
  console.error(reason);
  ending.end(1);
}

/** Each is loaded after the settings were read, since what is wrong in them is said at once. */
async function start(config: Config, signal: AbortSignal): Promise<Gateway> {
  if (config.workers > 1) return (await import('./cluster/start-cluster.ts')).startCluster(config, signal);
  return (await import('./start-gateway.ts')).startGateway(config, signal);
}

/** What is said of an error that ends the start: a database that goes away in the midst of it is no fault of ours to be traced. */
async function wordsOf(error: unknown): Promise<unknown> {
  if (error instanceof StartError) return error.message;
  const { DatabaseUnavailable, isLost } = await import('./kernel/db/database.ts');
  if (!(error instanceof DatabaseUnavailable)) return error;
  // It was reached, and is short of something that its message names.
  if (!isLost(error.cause)) return error.message;
  const { notReached } = await import('./kernel/db/not-reached.ts');
  return notReached(error.cause).message;
}

main().catch(async (error: unknown) => {
  console.error(await wordsOf(error));
  process.exit(1);
});
