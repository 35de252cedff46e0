import { fileURLToPath } from 'node:url';
import type { Config } from '../config.ts';
import { prepareDemo } from '../demo.ts';
import { systemClock } from '../kernel/clock.ts';
import { compareClocks } from '../kernel/db/compare-clocks.ts';
import { requireSameSettings } from '../kernel/db/require-same-settings.ts';
import { createLog, type Log } from '../kernel/log.ts';
import { createMetrics } from '../kernel/metrics.ts';
import { createSeal } from '../kernel/seal.ts';
import { databaseLost, keptSecret, openPools, openStorage, urlOf } from '../open-storage.ts';
import { prepareFolders } from '../prepare-folders.ts';
import { type Gateway, openServer, warnOfStrays } from '../start-gateway.ts';
import { undoAll, undoneWhenItFails } from '../undo-steps.ts';
import { stopWithinMsUsual, superviseProcesses } from './supervise-processes.ts';

const script = fileURLToPath(new URL('./run-process.ts', import.meta.url));

/** All that this process says over HTTP is that it starts, and nobody has to wait for that. */
const atOnce = { ms: 0 };

/**
 * Starts a gateway of several processes on this machine: this one, which keeps the embedded database, migrates, makes the
 * demo and watches over the others; as many as the settings say that serve, on one port; and one that works in the
 * background, unless the role is to serve alone.
 * @param signal ends the start: what runs is stopped, and it fails.
 * @throws StartError with one clear line.
 */
export async function startCluster(config: Config, signal: AbortSignal): Promise<Gateway> {
  const log = createLog(config.logLevel);
  warnOfStrays(config, log);
  const dataDir = await prepareFolders(config);
  return undoneWhenItFails(log, async (undo) => {
    const metrics = createMetrics();
    const server = openServer(config, { log, metrics });
    const { port } = await server.listen(config.port, config.host);
    undo.push(() => server.close(atOnce));
    const url = urlOf(config.host, port);
    const publicUrl = config.publicUrl ?? url;
    const storage = await openStorage(config, { dataDir, log, signal });
    undo.push(storage.stop);
    const secret = config.secret ?? (await keptSecret(dataDir));
    const given = { databaseUrl: storage.url, secret, publicUrl, port };
    await prepareDatabase(config, { ...given, dataDir, log, signal });
    // They cannot have the port beside it: until the first of them listens, connections are refused.
    await server.close(atOnce);
    signal.throwIfAborted();
    const stopWithinMs = stopWithinMsUsual + config.sizes.stopDelaySeconds * 1_000;
    const processes = superviseProcesses({ script, places: placesOf(config, given), log, metrics, stopWithinMs });
    undo.push(processes.stop);
    await unlessAborted(processes.ready, signal);
    const lost = Promise.race([storage.lost.then(() => databaseLost), processes.givenUp]);
    return { url, lost, stop: () => undoAll(undo) };
  });
}

async function unlessAborted(ready: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  await Promise.race([ready, aborted]).finally(() => signal.removeEventListener('abort', stop));
}

type Given = {
  readonly databaseUrl: string;
  readonly secret: string;
  readonly publicUrl: string;
  readonly port: number;
};

/** Looks whether the secret and the mode are the right ones, and makes the demo of the sandbox. */
async function prepareDatabase(
  config: Config,
  given: Given & { readonly dataDir: string; readonly log: Log; readonly signal: AbortSignal },
): Promise<void> {
  const { databaseUrl, secret, publicUrl, dataDir, log, signal } = given;
  signal.throwIfAborted();
  const database = openPools(databaseUrl, config, log);
  try {
    await requireSameSettings(database, { secret, mode: config.mode });
    await compareClocks(database, { clock: systemClock, log });
    signal.throwIfAborted();
    if (config.mode !== 'sandbox') return;
    await prepareDemo({ database, clock: systemClock, seal: createSeal(secret) }, { dataDir, publicUrl });
  } finally {
    await database.close();
  }
}

/** Each process reads its settings from its environment, as a gateway of one process does. */
function placesOf(config: Config, { databaseUrl, secret, publicUrl, port }: Given): Readonly<Record<string, string>>[] {
  const shared = {
    ...{ BRAMKA_WORKERS: '1', PORT: String(port), PUBLIC_URL: publicUrl },
    ...{ DATABASE_URL: databaseUrl, BRAMKA_SECRET: secret },
  };
  const serving = Array.from({ length: config.workers }, () => ({ ...shared, BRAMKA_ROLE: 'api' }));
  return config.role === 'api' ? serving : [...serving, { ...shared, BRAMKA_ROLE: 'worker' }];
}
