import { setTimeout as pause } from 'node:timers/promises';
import { Hono } from 'hono';
import type { App } from './app.ts';
import type { Config } from './config.ts';
import { prepareDemo } from './demo.ts';
import { answerUnavailable } from './http/answer-request.ts';
import { answerSocket } from './http/answer-socket.ts';
import { answerProblem, sayRetryAfter } from './http/answers.ts';
import type { HttpEnv } from './http/deps.ts';
import { createHttpServer, type HttpServer } from './http/server.ts';
import { starting } from './http/unavailable.ts';
import { systemClock } from './kernel/clock.ts';
import { compareClocks } from './kernel/db/compare-clocks.ts';
import { requireSameSettings } from './kernel/db/require-same-settings.ts';
import { createLog, type Log } from './kernel/log.ts';
import { createMetrics, type Metrics } from './kernel/metrics.ts';
import { databaseLost, keptSecret, openPools, openStorage, urlOf } from './open-storage.ts';
import { prepareFolders } from './prepare-folders.ts';
import { undoAll, undoneWhenItFails } from './undo-steps.ts';

/** A running gateway. */
export type Gateway = {
  /** Where it listens. */
  readonly url: string;
  /** Resolves with one line when the gateway can only stop, as when its database is gone. */
  readonly lost: Promise<string>;
  /** Stops taking work, finishes what is running, ends subscriptions with "resume elsewhere", closes the database. */
  stop(): Promise<void>;
};

/**
 * Starts a gateway: takes its port, starts or reaches the database and migrates it, wires the parts, prepares the demo in
 * the sandbox. The port is taken first, since nothing may be started when it is in use; the parts, which are most of the
 * program, are loaded when nothing is left that could refuse the start.
 * @param signal ends it at its next step: what was started is stopped, and it fails.
 * @throws StartError with one clear line.
 */
export async function startGateway(config: Config, signal?: AbortSignal): Promise<Gateway> {
  const log = createLog(config.logLevel);
  const metrics = createMetrics();
  warnOfStrays(config, log);
  const dataDir = await prepareFolders(config);
  return undoneWhenItFails(log, async (undo) => {
    const server = openServer(config, { log, metrics });
    const { port } = await server.listen(config.port, config.host);
    undo.push(() => server.close());
    const url = urlOf(config.host, port);
    const publicUrl = config.publicUrl ?? url;
    const storage = await openStorage(config, { dataDir, log, signal });
    undo.push(storage.stop);
    const secret = config.secret ?? (await keptSecret(dataDir));
    const database = openPools(storage.url, config, log);
    undo.push(() => database.close());
    await requireSameSettings(database, { secret, mode: config.mode });
    await compareClocks(database, { clock: systemClock, log });
    signal?.throwIfAborted();
    const { createApp } = await import('./app.ts');
    signal?.throwIfAborted();
    const app = await createApp({ config, database, clock: systemClock, log, metrics, secret, publicUrl });
    undo.push(() => stopServing(server, app));
    signal?.throwIfAborted();
    if (config.mode === 'sandbox' && config.role !== 'worker') {
      await prepareDemo({ database, clock: systemClock, seal: app.seal }, { dataDir, publicUrl });
    }
    server.open(app);
    undo.push(() => takeLeave(config, { server, app }));
    return { url, lost: storage.lost.then(() => databaseLost), stop: () => undoAll(undo) };
  });
}

/**
 * Starts one of the processes of a gateway, whose main process has prepared everything: the database, the secret and the
 * demo. One that serves joins the others on the port; one that works in the background takes none.
 * @throws StartError with one clear line.
 */
export async function startPart(config: Config, metrics: Metrics): Promise<Pick<Gateway, 'stop'>> {
  const { databaseUrl, secret, publicUrl } = config;
  if (databaseUrl === undefined || secret === undefined || publicUrl === undefined) {
    throw new Error('The main process gives each of its processes a database, a secret and an address.');
  }
  const log = createLog(config.logLevel);
  return undoneWhenItFails(log, async (undo) => {
    const database = openPools(databaseUrl, config, log);
    undo.push(() => database.close());
    // It may be started again long after the main process has looked.
    await requireSameSettings(database, { secret, mode: config.mode });
    const { createApp } = await import('./app.ts');
    const app = await createApp({ config, database, clock: systemClock, log, metrics, secret, publicUrl });
    const server = config.role === 'worker' ? undefined : openServer(config, { log, metrics });
    server?.open(app);
    undo.push(() => stopServing(server, app));
    // Only now, since whoever listens is given connections that another process would answer at once.
    await server?.listen(config.port, config.host);
    undo.push(() => takeLeave(config, { server, app }));
    return { stop: () => undoAll(undo) };
  });
}

type GatedServer = HttpServer & {
  /** From now on requests are answered by the gateway; until then "starting". */
  open(app: App): void;
};

/** Makes the server of a gateway, which says of itself that it is starting until it is opened. */
export function openServer(config: Config, parts: { readonly log: Log; readonly metrics: Metrics }): GatedServer {
  let app: App | undefined;
  const server = createHttpServer({
    ...gateFor(() => app),
    ...parts,
    httpsOnly: isHttpsOnly(config),
    connectionsMax: config.sizes.connections,
  });
  return {
    ...server,
    open: (opened) => {
      app = opened;
    },
  };
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
    if (context.req.path === '/health/live') return context.json({ status: 'starting' });
    sayRetryAfter(context, starting);
    if (context.req.path === '/health/ready') return context.json({ status: 'starting' }, 503);
    return answerProblem(context, 503, starting.message);
  });
  return {
    router,
    graphql: {
      handle: async (request, response) => {
        const app = current();
        if (app) await app.handle(request, response);
        else answerUnavailable(response, starting);
      },
      upgrade: async (request, socket, head) => {
        const app = current();
        if (app) await app.upgrade(request, socket, head);
        else answerSocket(socket, 503, starting);
      },
    },
  };
}

/** Serves on, not ready any more, for as long as balancers may take to notice: whoever is sent here meanwhile is answered. */
async function takeLeave(
  config: Config,
  parts: { readonly server: HttpServer | undefined; readonly app: App },
): Promise<void> {
  const { stopDelaySeconds } = config.sizes;
  if (stopDelaySeconds === 0 || config.role === 'worker') return;
  parts.app.leave();
  parts.server?.leave();
  await pause(stopDelaySeconds * 1_000);
}

/** Ends in the order in which nothing is cut off: new requests, streams, requests that run, work in the background. */
async function stopServing(server: HttpServer | undefined, app: App): Promise<void> {
  const closed = server?.close();
  await app.endStreams();
  await closed;
  await app.finish();
}

/** Says which variables are no settings, by their names alone: a value may be a secret. */
export function warnOfStrays({ strays }: Config, log: Log): void {
  for (const { name, like } of strays) {
    const meant = like === undefined ? '' : `; did you mean ${like}?`;
    log.warn({ variable: name }, `${name} is set, and there is no such setting${meant}`);
  }
}
