import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum, DriverAdapterError } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { endless, prepareSession } from './prepare-session.ts';

/** Oid of PostgreSQL's internal one-byte type `"char"`: its catalogues use it and adapter-pg does not know it. */
const internalChar = 18;
const text = 25;

type WasmExports = { __wbindgen_start(): void };

/** The engine's own glue between JavaScript and WebAssembly. */
type Glue = {
  readonly SchemaEngine: typeof SchemaEngine;
  __wbg_set_wasm(exports: WasmExports): void;
};

/** Part of the language's global WebAssembly, whose types come only with those of browsers. */
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: WasmExports } }>;
};

/** The one module state here, for the engine's glue keeps its instance in its own: a second would break the first. */
let loading: Promise<Glue> | undefined;

/**
 * Gives Prisma's schema engine, as WebAssembly, a database to work on.
 * @param place.signal once it is given, each script of SQL that would begin fails instead.
 * @param schema schema.prisma, when the work reads it.
 */
export async function withSchemaEngine<T>(
  { url, signal }: { readonly url: string; readonly signal?: AbortSignal | undefined },
  work: (engine: SchemaEngine) => Promise<T>,
  schema?: { readonly path: string; readonly content: string },
): Promise<T> {
  loading ??= load();
  const glue = await loading;
  // One connection: the engine locks a session and expects to meet the same one again.
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    onConnect: (client) => prepareSession(client, endless),
  });
  pool.on('error', () => undefined);
  try {
    const datamodels: [string, string][] | undefined = schema && [[schema.path, schema.content]];
    const factory = bindMigrationAwareSqlAdapterFactory(factoryOver(pool, signal));
    const engine = await glue.SchemaEngine.new({ datamodels }, () => undefined, factory);
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}

/** Loads the engine by hand: importing its `.wasm` as a module makes Node warn of an experiment at every first start. */
async function load(): Promise<Glue> {
  const entry = '@prisma/schema-engine-wasm/schema_engine_bg';
  const glue: Glue = await import(entry);
  const file = createRequire(import.meta.url)
    .resolve(entry)
    .replace(/\.js$/, '.wasm');
  const { instance } = await WebAssembly.instantiate(await readFile(file), { './schema_engine_bg.js': { ...glue } });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue;
}

function factoryOver(pool: pg.Pool, signal: AbortSignal | undefined): SqlMigrationAwareDriverAdapterFactory {
  const charColumns = new WeakMap<object, readonly number[]>();
  const factory = new PrismaPg(knowingChar(pool, charColumns));
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => {
      const adapter = adapterOver(await factory.connect(), pool, charColumns);
      const executeScript = async (script: string): Promise<void> => {
        if (signal?.aborted) throw toldToEnd();
        await adapter.executeScript(script);
      };
      return { ...adapter, executeScript };
    },
    connectToShadowDb: () => Promise.reject(new Error('A shadow database is never needed here.')),
  };
}

/** In the form in which the engine takes the refusals of a server: query_canceled. */
function toldToEnd(): DriverAdapterError {
  const none = { detail: undefined, column: undefined, hint: undefined };
  const message = 'it was told to end';
  return new DriverAdapterError({ kind: 'postgres', code: '57014', severity: 'ERROR', message, ...none });
}

/** A pool that shows `"char"` columns as text, which adapter-pg can read, and notes by the rows which they were. */
function knowingChar(pool: pg.Pool, charColumns: WeakMap<object, readonly number[]>): pg.Pool {
  const query = async (config: pg.QueryArrayConfig) => {
    const result = await pool.query(config);
    const found = result.fields.flatMap((field, index) => (field.dataTypeID === internalChar ? [index] : []));
    for (const field of result.fields) if (field.dataTypeID === internalChar) field.dataTypeID = text;
    charColumns.set(result.rows, found);
    return result;
  };
  return new Proxy(pool, { get: (target, name) => (name === 'query' ? query : Reflect.get(target, name)) });
}

function adapterOver(
  adapter: SqlDriverAdapter,
  pool: pg.Pool,
  charColumns: WeakMap<object, readonly number[]>,
): SqlDriverAdapter {
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    async queryRaw(query) {
      const result = await adapter.queryRaw(query);
      for (const index of charColumns.get(result.rows) ?? []) result.columnTypes[index] = ColumnTypeEnum.Character;
      return result;
    },
    executeRaw: (query) => adapter.executeRaw(query),
    executeScript: (script) => runScript(pool, script),
    startTransaction: (level) => adapter.startTransaction(level),
    dispose: () => adapter.dispose(),
  };
}

/**
 * Runs a script as one message, so PostgreSQL makes one transaction of it: it is done whole or not at all. adapter-pg's
 * own way cuts the text at every semicolon, also inside function bodies.
 */
async function runScript(pool: pg.Pool, script: string): Promise<void> {
  try {
    await pool.query(script);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    throw new DriverAdapterError({
      kind: 'postgres',
      code: error.code ?? 'N/A',
      severity: error.severity ?? 'ERROR',
      message: error.message,
      detail: error.detail,
      column: error.column,
      hint: error.hint,
    });
  }
}
