import { fileURLToPath } from 'node:url';
import type { Config } from '../config.ts';
import { prepareDemo } from '../demo.ts';
import { takePort } from '../http/take-port.ts';
import { systemClock } from '../kernel/clock.ts';
import { requireSecret } from '../kernel/db/require-secret.ts';
import { createLog, type Log } from '../kernel/log.ts';
import { createMetrics } from '../kernel/metrics.ts';
import { createSeal } from '../kernel/seal.ts';
import { databaseLost, keptSecret, openPools, openStorage, urlOf } from '../open-storage.ts';
import { prepareFolders } from '../prepare-folders.ts';
import type { Gateway } from '../start-gateway.ts';
import { undoAll, undoneWhenItFails } from '../undo-steps.ts';
import { superviseProcesses } from './supervise-processes.ts';

const script = fileURLToPath(new URL('./run-process.ts', import.meta.url));

/**
 * Starts a gateway of several processes on this machine: this one, which keeps the embedded database, migrates, makes the
 * demo and watches over the others; as many as the settings say that serve, on one port; and one that works in the
 * background, unless the role is to serve alone.
 * @throws StartError with one clear line.
 */
export async function startCluster(config: Config): Promise<Gateway> {
  const log = createLog(config.logLevel);
  const dataDir = await prepareFolders(config);
  return undoneWhenItFails(log, async (undo) => {
    const port = await takePort(config.port, config.host);
    undo.push(port.free);
    const url = urlOf(config.host, port.number);
    const publicUrl = config.publicUrl ?? url;
    const storage = await openStorage(config, { dataDir, log });
    undo.push(storage.stop);
    const secret = config.secret ?? (await keptSecret(dataDir));
    const given = { databaseUrl: storage.url, secret, publicUrl, port: port.number };
    await prepareDatabase(config, { ...given, dataDir, log });
    await port.free();
    const processes = superviseProcesses({ script, places: placesOf(config, given), log, metrics: createMetrics() });
    undo.push(processes.stop);
    await processes.ready;
    const lost = Promise.race([storage.lost.then(() => databaseLost), processes.givenUp]);
    return { url, lost, stop: () => undoAll(undo) };
  });
}

type Given = {
  readonly databaseUrl: string;
  readonly secret: string;
  readonly publicUrl: string;
  readonly port: number;
};

/** Looks whether the secret is the right one, and makes the demo of the sandbox. */
async function prepareDatabase(
  config: Config,
  { databaseUrl, secret, publicUrl, dataDir, log }: Given & { readonly dataDir: string; readonly log: Log },
): Promise<void> {
  const database = openPools(databaseUrl, config, log);
  try {
    await requireSecret(database, secret);
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
