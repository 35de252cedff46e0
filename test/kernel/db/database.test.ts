import { once } from 'node:events';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLane } from '../../../src/kernel/batch.ts';
import {
  type Database,
  DatabaseUnavailable,
  inTransaction,
  isLost,
  openDatabase,
  read,
  withoutTransaction,
} from '../../../src/kernel/db/database.ts';
import { createDatabasePing, requireWritable } from '../../../src/kernel/db/ping-database.ts';
import { appendEvents, lockShops } from '../../../src/kernel/events/append-events.ts';
import { createLog } from '../../../src/kernel/log.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createShop } from '../../support/factories.ts';

let storage: TestDatabase;
let database: Database;

beforeAll(async () => {
  storage = await createTestDatabase();
  database = openDatabase({ url: storage.url });
});

afterAll(async () => {
  await database.close();
  await storage.drop();
});

const sql = (name: string, text: string, ...values: unknown[]) => ({ name, text, values });
const at = new Date('2026-03-02T10:00:00Z');

describe('An error of the database', () => {
  it.each([
    ['select $1::text::uuid as x', 'invalid input syntax for type uuid: "…"'],
    ['select $1::text::currency as x', 'invalid input value for enum currency: "…"'],
  ])('is in the log without the value that it quotes: %s', async (text, message) => {
    const lines: string[] = [];
    const log = createLog('trace', new Writable({ write: (line, _, done) => done(void lines.push(String(line))) }));
    const value = 'jan "Jaś" kowalski@example.pl';
    const err: unknown = await read(database, sql(text, text, value)).catch((error: unknown) => error);
    log.error({ err }, 'failed');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ err: { message, code: '22P02' } }]);
    expect(lines.join()).not.toMatch(/kowalski|Jaś/);
  });
});

describe('A transaction', () => {
  it('gives 64-bit integers as bigint and moments as Date', async () => {
    const [row] = await read(database, sql('types', 'select 9007199254740993::bigint as n, $1::timestamptz as t', at));
    expect(row).toEqual({ n: 9007199254740993n, t: at });
  });

  it('tells news after the commit, and none after a rollback', async () => {
    const { shop } = await createShop(database);
    const heard: unknown[] = [];
    const stop = database.onNews((news) => heard.push(Object.fromEntries(news)));
    const fact = { shopId: shop.id, type: 'SHOP_ACTIVE', at, data: {} } as const;
    const write = inTransaction(database, async (tx) => {
      await lockShops(tx, [shop.id]);
      await appendEvents(tx, [fact, fact]);
      expect(heard).toEqual([]);
    });
    await write;
    await expect(
      inTransaction(database, async (tx) => {
        await lockShops(tx, [shop.id]);
        await appendEvents(tx, [fact]);
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    stop();
    expect(heard).toEqual([{ [shop.id]: 2n }]);
  });

  it('takes no statement when it is over, which would commit by itself', async () => {
    await read(database, sql('make', 'create table kept (place int)'));
    const keep = (place: number) => sql('keep', 'insert into kept values ($1::int)', place);
    const late = Promise.withResolvers<unknown>();
    const write = inTransaction(database, (tx) =>
      Promise.all([
        tx.query(sql('fails', 'select 1 / $1::int', 0)),
        tx.query(sql('slow', 'select $1::int', 1)).catch(async () => {
          // The rollback has been asked for by then.
          await new Promise(setImmediate);
          await tx.query(keep(1)).catch(late.resolve);
        }),
      ]),
    );
    await expect(write).rejects.toThrow('division by zero');
    expect(await late.promise).toMatchObject({ message: 'keep was asked for after its transaction.' });
    expect(await read(database, sql('kept', 'select place from kept'))).toEqual([]);
  });

  it('does what is asked for together in the order of the calls', async () => {
    await read(database, sql('make-places', 'create table placed (place int)'));
    const [before, , after] = await inTransaction(database, (tx) => {
      const count = () => tx.query<{ n: number }>(sql('count-places', 'select count(*)::int as n from placed'));
      return Promise.all([count(), tx.query(sql('place', 'insert into placed values (1), (2)')), count()]);
    });
    expect([before, after]).toEqual([[{ n: 0 }], [{ n: 2 }]]);
  });

  it('runs again after a deadlock', async () => {
    let runs = 0;
    const result = await inTransaction(database, async (tx) => {
      runs += 1;
      if (runs < 3) await tx.query(sql('deadlock', `do $$ begin raise exception 'x' using errcode = '40P01'; end $$`));
      return 'done';
    });
    expect([result, runs]).toEqual(['done', 3]);
  });

  it('says that the database is unavailable when the connection breaks off', async () => {
    const suicide = inTransaction(database, (tx) =>
      tx.query(sql('die', 'select pg_terminate_backend(pg_backend_pid())')),
    );
    await expect(suicide).rejects.toBeInstanceOf(DatabaseUnavailable);
    const reading = read(database, sql('die', 'select pg_terminate_backend(pg_backend_pid())'));
    await expect(reading).rejects.toBeInstanceOf(DatabaseUnavailable);
    const byPrisma = database.prisma.$queryRawUnsafe('select pg_terminate_backend(pg_backend_pid())::text');
    await expect(byPrisma).rejects.toBeInstanceOf(DatabaseUnavailable);
    await expect(database.prisma.$queryRawUnsafe('select 1/0')).rejects.toMatchObject({ code: 'P2010' });
    await expect(read(database, sql('wrong', 'select 1/0'))).rejects.toMatchObject({ message: 'division by zero' });
    expect(await inTransaction(database, async () => 'alive')).toBe('alive');
  });

  it('says so of a server that takes no writes, and asks anew over another connection', async () => {
    const write = () => inTransaction(database, (tx) => tx.query(sql('write', 'create table written ()')));
    const ping = createDatabasePing(database, { ms: 10_000 });
    const [name] = await read<{ name: string }>(database, sql('name', 'select current_database() as name'));
    const setReadOnly = async (isOn: boolean): Promise<void> => {
      const other = new pg.Client({ connectionString: storage.url });
      await other.connect();
      await other.query('set default_transaction_read_only = off');
      await other.query(`alter database ${name?.name} set default_transaction_read_only = ${isOn ? 'on' : 'off'}`);
      if (isOn)
        await other.query(`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`);
      await other.end();
    };
    await setReadOnly(true);
    await expect.poll(ping).toBe(false);
    await expect(write()).rejects.toBeInstanceOf(DatabaseUnavailable);
    await setReadOnly(false);
    // Connections that were told no writes are not used any more.
    expect(await ping()).toBe(true);
    expect(await write().then(() => 'written')).toBe('written');
    await inTransaction(database, (tx) => tx.query(sql('drop', 'drop table written')));
  });

  it.each(['53000', '53100', '53200', '58030'])('says so of a server that lacks what it needs (%s)', async (code) => {
    const raise = `do $$ begin raise exception 'No space left on device' using errcode = '${code}'; end $$`;
    const fail = sql(`fail-${code}`, raise);
    const refusal = { message: expect.stringContaining('take this'), cause: expect.objectContaining({ code }) };
    const attempts = [
      () => inTransaction(database, (tx) => tx.query(fail)),
      () => withoutTransaction(database, (tx) => tx.query(fail)),
      () => read(database, fail),
      () => database.prisma.$executeRawUnsafe(raise),
    ];
    for (const attempt of attempts) {
      const error = await attempt().catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(DatabaseUnavailable);
      expect(error).toMatchObject(refusal);
    }
  });

  it('closes a connection that nobody uses when its time is over, and not before', async () => {
    const brief = openDatabase({ url: storage.url, idleSeconds: 1 });
    const usual = openDatabase({ url: storage.url });
    await Promise.all([brief, usual].map((opened) => read(opened, sql('one', 'select 1 as one'))));
    await once(brief.pool, 'remove');
    expect([brief.pool.totalCount, usual.pool.totalCount]).toEqual([0, 1]);
    await Promise.all([brief.close(), usual.close()]);
  });

  it('is not pinged well while its server has no room for a file', async () => {
    const full = openDatabase({ url: storage.url, connectionsMax: 1 });
    const ping = createDatabasePing(full, { ms: 10_000, roomEveryMs: 0 });
    const rarely = createDatabasePing(full, { ms: 10_000, roomEveryMs: 600_000 });
    // The server writes what it spills into files of these names, and a device that is always full is in their place.
    const whileFull = async (ask: () => Promise<unknown>): Promise<unknown> => {
      const [server] = await read<{ pid: number; folder: string }>(
        full,
        sql('server', `select pg_backend_pid() as pid, current_setting('data_directory') as folder`),
      );
      const names = Array.from({ length: 9 }, (_, number) => `base/pgsql_tmp/pgsql_tmp${server?.pid}.${number}`);
      const files = names.map((name) => join(server?.folder ?? '', name));
      await Promise.all(files.map((file) => symlink('/dev/full', file)));
      const answer = await ask().catch((error: unknown) => error);
      await Promise.all(files.map((file) => rm(file, { force: true })));
      return answer;
    };
    expect(await ping()).toBe(true);
    expect(await whileFull(ping)).toBe(false);
    // Once it has failed it looks each time, and else once in a while, as the server counts its files.
    expect([await whileFull(rarely), await rarely(), await whileFull(rarely)]).toEqual([false, true, true]);
    expect(await whileFull(() => requireWritable(full))).toMatchObject({ cause: { code: '53100' } });
    expect(await ping()).toBe(true);
    await full.close();
  });

  it('is pinged well where the role may write no temporary files', async () => {
    const url = `${storage.url}&options=-c%20temp_file_limit=0`;
    const limited = openDatabase({ url });
    await requireWritable(limited).finally(() => limited.close());
  });

  it('knows a server that ends by its code, in whatever language it says so, and a fault of ours from it', () => {
    const said = (code: string, severity: string) =>
      Object.assign(new pg.DatabaseError('x', 1, 'error'), { code, severity });
    expect(isLost(said('57P01', 'KATASTROFALNY'))).toBe(true);
    expect(isLost(said('22012', 'BŁĄD'))).toBe(false);
    expect(isLost(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isLost(new TypeError('x is not a function'))).toBe(false);
    expect(isLost(said('08006', 'FATAL'))).toBe(true);
    // PgBouncer, of a server that it does not reach; and a server, of a statement.
    expect(isLost(said('08P01', 'FATAL'))).toBe(true);
    expect(isLost(said('08P01', 'BŁĄD'))).toBe(false);
  });

  it('knows a statement that does not fit its values, and two of one name, as faults of ours', async () => {
    const lacking = { name: 'lacking', text: 'select $1::int, $2::int', values: [1] };
    await expect(read(database, lacking)).rejects.toMatchObject({ code: '08P01' });
    const twice = (text: string) => read(database, { name: 'twice', text, values: [] });
    const both = Promise.all(Array.from({ length: 20 }, (_, index) => twice(`select ${index % 2}`)));
    await expect(both).rejects.toThrow(/^Prepared statements must be unique/);
  });

  it('says that the database is unavailable when it cannot be reached, once for a whole batch', async () => {
    const nowhere = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/nothing' });
    let tries = 0;
    const lane = createLane(async (items: readonly number[]) => {
      tries += 1;
      return inTransaction(nowhere, async () => items.map((value) => ({ value })));
    });
    const results = await Promise.allSettled([1, 2, 3, 4].map((item) => lane.submit(item)));
    expect(
      results.map((result) => result.status === 'rejected' && result.reason instanceof DatabaseUnavailable),
    ).toEqual(Array(4).fill(true));
    expect(tries).toBe(1);
    await expect(read(nowhere, sql('one', 'select 1'))).rejects.toBeInstanceOf(DatabaseUnavailable);
    await expect(nowhere.prisma.shop.count()).rejects.toBeInstanceOf(DatabaseUnavailable);
    await nowhere.close();
  });
});
