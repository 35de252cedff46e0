import { readConfig } from '../config.ts';
import { endOnSignals } from '../end-process.ts';
import { StartError } from '../kernel/start-error.ts';
import { joinGateway } from './join-gateway.ts';

/** One process of several: does its part of a gateway until the main process, or a signal, ends it. */
async function main(): Promise<void> {
  const { metrics, ready, refuse, stopped } = joinGateway();
  const ending = endOnSignals(
    async () => (await import('../start-gateway.ts')).startPart(readConfig(), metrics),
    (error) => {
      throw error;
    },
  );
  void stopped.then(() => ending.end(0));
  try {
    if (await ending.started) ready();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    refuse(error.message);
  }
}

await main();
