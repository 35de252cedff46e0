import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase, read } from '../../src/kernel/db/database.ts';
import { passOverUntold } from '../../src/webhooks/sql/pass-over-untold.ts';
import { readNewFacts } from '../../src/webhooks/sql/read-log.ts';
import { createPayment, createShop, startBlik } from '../support/factories.ts';
import { openWorld, type World } from './world.ts';

let world: World;
/** One connection, which keeps its plans. */
let database: Database;

beforeAll(async () => {
  world = await openWorld();
  database = openDatabase({ url: world.database.url, connectionsMax: 1 });
});

afterAll(async () => {
  await database.close();
  await world.close();
});

const ask = <Row extends object>(text: string, ...values: unknown[]): Promise<Row[]> =>
  read<Row>(database, { name: text.slice(0, 60), text, values });

async function rowsRead(): Promise<number> {
  await ask('select pg_stat_force_next_flush()::text as flushed');
  const [counted] = await ask<{ rows: number }>(
    `select sum(seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_user_tables where relname in ('payment', 'transaction')`,
  );
  return counted?.rows ?? 0;
}

/** A shop without an address, with three thousand copies of a payment behind the place of webhooks in its log, and two facts before it. */
async function longLog(): Promise<{ readonly shopId: string; readonly paymentId: string }> {
  const { shop } = await createShop(world.database);
  const payment = await createPayment(world.payments, shop);
  await startBlik(world.payments, shop, { paymentId: payment.id });
  await ask(
    `insert into payment select (jsonb_populate_record(p,
      jsonb_build_object('id', gen_random_uuid(), 'idempotency_key', 'copy ' || n))).*
    from payment p, generate_series(1, 3000) n where p.id = $1::uuid`,
    payment.id,
  );
  await ask(
    `insert into event select (jsonb_populate_record(e, jsonb_build_object('number', e.number + n * 10))).*
    from event e, generate_series(1, 3000) n where e.payment_id = $1::uuid`,
    payment.id,
  );
  await place(shop.id);
  await ask('analyze payment, event');
  return { shopId: shop.id, paymentId: payment.id };
}

async function place(shopId: string): Promise<void> {
  await ask(
    `insert into reader (name, shop_id, number) values ('webhooks', $1::uuid, 30000)
    on conflict (name, shop_id) do update set number = 30000`,
    shopId,
  );
}

describe('The facts that webhooks have not read yet', () => {
  it('are read without going through all payments that there are', async () => {
    const { shopId, paymentId } = await longLog();
    const from = { shopIds: [shopId], max: 500 };
    // By the sixth time the connection has its plan for any values.
    for (let times = 0; times < 6; times += 1) await readNewFacts(database, from);
    const before = await rowsRead();
    const facts = await readNewFacts(database, from);
    expect(facts.map((fact) => fact.paymentId)).toContain(paymentId);
    expect((await rowsRead()) - before).toBeLessThan(50);
  });

  it('are passed over without going through all payments that there are', async () => {
    const { shopId } = await longLog();
    let before = 0;
    for (let times = 0; times < 7; times += 1) {
      await place(shopId);
      before = await rowsRead();
      expect(await passOverUntold(database, [shopId])).toEqual([]);
    }
    expect(await rowsRead()).toBeGreaterThan(before);
    expect((await rowsRead()) - before).toBeLessThan(50);
    expect(await ask(`select number::int from reader where shop_id = $1::uuid`, shopId)).toEqual([{ number: 30003 }]);
  });
});
