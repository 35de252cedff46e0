import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Config, readConfig } from '../../src/config.ts';
import type { Demo } from '../../src/demo.ts';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { createLog } from '../../src/kernel/log.ts';
import { listenForHints } from '../../src/realtime/listen-hints.ts';
import { startGateway } from '../../src/start-gateway.ts';
import { createTestDatabase } from './database.ts';

/** A whole gateway in this process, on a database and a port of its own. */
export type TestGateway = {
  readonly url: string;
  readonly demo: Demo;
  /** A second look into its database; what is written through it is hinted at, as by another process of the gateway. */
  readonly database: Database;
  readonly config: Config;
  stop(): Promise<void>;
};

/** Starts the sandbox as `npm start` does, but for the embedded database, and quietly. */
export async function startTestGateway(changes: Partial<Config> = {}): Promise<TestGateway> {
  const storage = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'bramka-test-'));
  const config: Config = {
    mode: 'sandbox',
    role: 'all',
    workers: 1,
    host: '127.0.0.1',
    port: 0,
    trustedProxies: [],
    allowedOrigins: [],
    // Tests ask far more often than payers do; those of the limits set them.
    rateLimitPerKey: 0,
    rateLimitPerAddress: 0,
    databaseUrl: storage.url,
    nats: undefined,
    dataDir,
    secret: undefined,
    publicUrl: undefined,
    smtpUrl: undefined,
    mailFrom: undefined,
    logLevel: 'silent',
    activationHours: 4,
    coolingDays: 2,
    bankFiles: readConfig({}).bankFiles,
    statements: readConfig({}).statements,
    sizes: readConfig({}).sizes,
    strays: [],
    ...changes,
  };
  const gateway = await startGateway(config);
  const database = openDatabase({ url: storage.url, connectionsMax: 4 });
  const hints = listenForHints({ url: storage.url, log: createLog('silent') });
  database.onNews(hints.publish);
  const demo = config.mode === 'sandbox' ? await readFile(join(config.dataDir, 'demo.json'), 'utf8') : '{}';
  return {
    url: gateway.url,
    demo: JSON.parse(demo) as Demo,
    database,
    config,
    stop: async () => {
      await hints.close();
      await gateway.stop();
      await database.close();
      await storage.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** What the GraphQL server answers; a test says which shape it asked for. */
export type Answer<Data> = {
  readonly status: number;
  readonly data: Data;
  readonly errors: readonly { message: string; extensions: Record<string, unknown> }[] | undefined;
};

export type AskOptions = {
  readonly variables?: object;
  /** Null sends none; undefined is the demo's key. */
  readonly key?: string | null;
  readonly headers?: Record<string, string>;
};

/** Sends one operation by POST, as a shop's back end would. */
export async function ask<Data = unknown>(
  gateway: Pick<TestGateway, 'url' | 'demo'>,
  query: string,
  options: AskOptions = {},
): Promise<Answer<Data>> {
  const key = options.key === undefined ? gateway.demo.apiKey : options.key;
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...options.headers,
    },
    body: JSON.stringify({ query, variables: options.variables ?? {} }),
  });
  const body = (await response.json()) as Pick<Answer<Data>, 'data' | 'errors'>;
  return { status: response.status, data: body.data, errors: body.errors };
}
