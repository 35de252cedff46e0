import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Hono } from 'hono';
import { type App, createApp } from './app.ts';
import type { Config } from './config.ts';
import { prepareDemo } from './demo.ts';
import type { HttpEnv } from './http/deps.ts';
import { createHttpServer, type HttpServer } from './http/server.ts';
import { systemClock } from './kernel/clock.ts';
import { openDatabase } from './kernel/db/database.ts';
import { startEmbedded } from './kernel/db/embedded.ts';
import { unlessCode } from './kernel/db/embedded-home.ts';
import { migrate } from './kernel/db/migrate.ts';
import { requireDatabase } from './kernel/db/require-database.ts';
import { createLog, type Log } from './kernel/log.ts';
import { faultOfFolder, makeFolder } from './kernel/make-folder.ts';
import { createMetrics } from './kernel/metrics.ts';
import { StartError } from './kernel/start-error.ts';
import { folderMode } from './payouts/write-bank-files.ts';

/** A running gateway. */
export type Gateway = {
  /** Where it listens. */
  readonly url: string;
  /** Resolves when the database is gone and the gateway can only stop. */
  readonly lost: Promise<void>;
  /** Stops taking work, finishes what is running, ends subscriptions with "resume elsewhere", closes the database. */
  stop(): Promise<void>;
};

/**
 * Starts a gateway: takes its port, starts or reaches the database and migrates it, wires the parts, prepares the demo in
 * the sandbox. The port is taken first, since nothing may be started when it is in use.
 * @throws StartError with one clear line.
 */
export async function startGateway(config: Config): Promise<Gateway> {
  const log = createLog(config.logLevel);
  const metrics = createMetrics();
  const dataDir = await prepareDataDir(config.dataDir);
  if (config.role !== 'api') await prepareFolders(config);
  let app: App | undefined;
  const undo: (() => Promise<void>)[] = [];
  try {
    const gate = gateFor(() => app);
    const server = createHttpServer({ ...gate, log, metrics, httpsOnly: isHttpsOnly(config) });
    const { port } = await server.listen(config.port, config.host);
    undo.push(() => server.close());
    const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
    const publicUrl = config.publicUrl ?? url;
    const storage = await openStorage(config, dataDir, log);
    undo.push(storage.stop);
    const secret = config.secret ?? (await keptSecret(dataDir));
    const database = openDatabase({
      url: storage.url,
      onError: (error) => {
        // Only the message: the error of a pool carries its whole client along.
        if (!database.pool.ending) log.warn({ reason: error.message }, 'a database connection failed');
      },
    });
    undo.push(() => database.close());
    const running = await createApp({ config, database, clock: systemClock, log, metrics, secret, publicUrl });
    undo.push(() => stopServing(server, running));
    if (config.mode === 'sandbox' && config.role !== 'worker') {
      await prepareDemo({ database, clock: systemClock, seal: running.seal }, { dataDir, publicUrl });
    }
    app = running;
    return { url, lost: storage.lost, stop: () => undoAll(undo) };
  } catch (error) {
    await undoAll(undo).catch((failure: unknown) =>
      log.error({ err: failure }, 'cleaning up after a failed start failed'),
    );
    throw error;
  }
}

/** Browsers are told to keep to https only where https is what they are given. */
function isHttpsOnly(config: Config): boolean {
  return config.mode === 'production' && config.publicUrl?.startsWith('https:') === true;
}

/** What answers requests: the gateway once it is wired, until then "starting". */
function gateFor(current: () => App | undefined): Pick<Parameters<typeof createHttpServer>[0], 'router' | 'graphql'> {
  const router = new Hono<HttpEnv>();
  router.all('*', (context) => {
    const app = current();
    if (app) return app.router.fetch(context.req.raw, context.env);
    const live = context.req.path === '/health/live';
    return context.json({ status: 'starting' }, live ? 200 : 503);
  });
  return {
    router,
    graphql: {
      handle: async (request, response) => {
        const app = current();
        if (app) await app.handle(request, response);
        else response.writeHead(503, { 'retry-after': '1' }).end();
      },
      upgrade: async (request, socket, head) => {
        const app = current();
        if (app) await app.upgrade(request, socket, head);
        else socket.end('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n\r\n');
      },
    },
  };
}

/** Ends in the order in which nothing is cut off: new requests, streams, requests that run, work in the background. */
async function stopServing(server: HttpServer, app: App): Promise<void> {
  const closed = server.close();
  await app.endStreams();
  await closed;
  await app.finish();
}

/** Undoes what was done, last first; one failure does not keep the rest from being undone. */
async function undoAll(undo: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of undo.splice(0).reverse()) await step().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

async function prepareDataDir(path: string): Promise<string> {
  const dataDir = resolve(path);
  try {
    await makeFolder(dataDir);
    return dataDir;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`The data directory ${dataDir} cannot be made (${reason}); set BRAMKA_DATA_DIR to another.`);
  }
}

/** The folders in which the worker deals with our bank. @throws StartError for one that cannot be made and written. */
async function prepareFolders({ bankFiles, statements }: Config): Promise<void> {
  const folders = [
    { setting: 'BANK_FILES_DIR', path: bankFiles.folder, mode: folderMode },
    { setting: 'STATEMENTS_DIR', path: statements.folder },
  ];
  for (const { setting, path, ...options } of folders) {
    const reason = path === undefined ? undefined : await faultOfFolder(path, options);
    if (reason === undefined) continue;
    throw new StartError(`The folder ${path} cannot be made and written (${reason}); set ${setting} to another.`);
  }
}

type Storage = { readonly url: string; readonly lost: Promise<void>; stop(): Promise<void> };

async function openStorage(config: Config, dataDir: string, log: Log): Promise<Storage> {
  if (config.databaseUrl !== undefined) {
    await requireDatabase(config.databaseUrl, { durable: config.mode === 'production' });
    await migrate(config.databaseUrl);
    return { url: config.databaseUrl, lost: new Promise(() => undefined), stop: async () => undefined };
  }
  const embedded = await startEmbedded({ dataDir, log: (line) => log.info(line) });
  try {
    await migrate(embedded.url);
    return embedded;
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

/** The sandbox's own secret, made at the first start and kept in the data dir, readable by its owner alone. */
async function keptSecret(dataDir: string): Promise<string> {
  const file = join(dataDir, 'secret');
  const known = await readFile(file, 'utf8').catch(() => '');
  if (known !== '') return known.trim();
  // It appears whole under its name, so processes that start together on one data dir all read the same.
  const draft = `${file}.new-${process.pid}`;
  await writeFile(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  await link(draft, file).catch(unlessCode('EEXIST'));
  await rm(draft);
  return (await readFile(file, 'utf8')).trim();
}
