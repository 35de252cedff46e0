import { readConfig, tellLibraries } from './config.ts';
import { StartError } from './kernel/start-error.ts';

/**
 * Starts the gateway and stops it on SIGTERM or SIGINT, also on one that comes while it starts. Whatever keeps it from
 * starting is said in one clear line, with exit code 1.
 */
async function main(): Promise<void> {
  const config = readConfig();
  tellLibraries();
  // Loaded after the settings were read: what is wrong in them is said at once.
  const starting = import('./start-gateway.ts').then(({ startGateway }) => startGateway(config));
  let stopping = false;
  const stop = (exitCode: number): void => {
    if (stopping) return;
    stopping = true;
    starting
      // A start that failed has cleaned up after itself.
      .then(
        (gateway) => gateway.stop(),
        () => {},
      )
      .then(
        () => process.exit(exitCode),
        (error: unknown) => {
          console.error('Bramka could not stop cleanly:', error);
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', () => stop(0));
  process.on('SIGINT', () => stop(0));
  const gateway = await starting;
  if (!stopping) console.log(`Bramka is ready: ${gateway.url}`);
  gateway.lost.then(() => {
    if (stopping) return;
    console.error('The database is gone; Bramka stops. Start it again.');
    stop(1);
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
});
