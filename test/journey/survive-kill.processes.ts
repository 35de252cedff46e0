import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/kernel/db/database.ts';
import { type Following, follow, untilFollowed } from '../start/follow-shop.ts';
import { createProcesses, databaseUrlIn, type Gateway } from '../start/gateway-process.ts';
import { createPayment, payByBlik, updateShop } from '../start/pay.ts';
import { openShopInbox } from '../start/shop-inbox.ts';
import { brokenInvariants } from '../support/invariants.ts';

type Told = {
  readonly number: number;
  readonly cursor: string;
  readonly type: string;
  readonly transaction?: { readonly id: string; readonly payment: { readonly id: string } };
};

/** What the gateway has said yes to, by the key it was asked with. */
type Acknowledged = { readonly payments: Map<string, string>; readonly transactions: Map<string, string> };

const count = 60;
const clients = 6;
const killAfter = 20;
const amount = 1234;
const keys = Array.from({ length: count }, (_, place) => `order-${place}`);

const processes = createProcesses();
const shop = await openShopInbox();
afterAll(async () => {
  await processes.endAll();
  await shop.close();
});

function followAll(gateway: Gateway, after?: string): Following<Told> {
  const query = `subscription ($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) {
    number cursor type ... on TransactionEvent { transaction { id payment { id } } }
  } }`;
  return follow<Told>(gateway.demo, query, { shopId: gateway.demo.shopId, after: after ?? null });
}

/** Creates and pays the payment of one key, as a shop does that does not know whether it has done so before. */
async function buy(gateway: Gateway, key: string, known: Acknowledged): Promise<void> {
  const { payment } = await createPayment(gateway, { idempotencyKey: key, amount, orderId: key });
  if (!payment) throw new Error(`${key} was not created.`);
  expect(known.payments.get(key) ?? payment.id).toBe(payment.id);
  known.payments.set(key, payment.id);
  const { transaction } = await payByBlik(gateway, { paymentId: payment.id, idempotencyKey: key });
  if (!transaction) throw new Error(`${key} was not started.`);
  expect(known.transactions.get(key) ?? transaction.id).toBe(transaction.id);
  known.transactions.set(key, transaction.id);
}

/** Several clients buy at the same time, each one thing after the other. */
async function buyAll(gateway: Gateway, known: Acknowledged, onBought = () => {}): Promise<void> {
  const line = [...keys];
  const client = async (): Promise<void> => {
    for (let key = line.shift(); key !== undefined; key = line.shift()) {
      await buy(gateway, key, known);
      onBought();
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: clients }, client));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Buys until the gateway is killed in the middle of it. */
async function buyUntilKilled(gateway: Gateway, known: Acknowledged): Promise<void> {
  const killed = Promise.withResolvers<void>();
  const kill = (): void => {
    if (known.transactions.size === killAfter) killed.resolve(gateway.end('SIGKILL').then(() => {}));
  };
  await expect(buyAll(gateway, known, kill)).rejects.toThrow('fetch failed');
  await killed.promise;
}

/** Has the acquirer asked at once about the attempts that the kill caught after the decision and before the call to it. */
async function askNow(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`
    update timer set due_at = due_at - interval '1 minute'
    where kind = 'ask-acquirer' and subject not in (select reference::text from sandbox_order)`);
  await client.end();
}

const ofType = (told: readonly Told[], type: string) => told.filter((event) => event.type === type);

/** Waits until all is paid; pays again what the acquirer never received. */
async function payWhatWasLost(gateway: Gateway, told: () => readonly Told[], next: Following<Told>): Promise<void> {
  const again = new Set<string>();
  const lost = () =>
    ofType(told(), 'TRANSACTION_ERROR').flatMap(({ transaction }) =>
      transaction && !again.has(transaction.id) ? [transaction] : [],
    );
  const isPaid = () => ofType(told(), 'PAYMENT_SETTLED').length === count;
  for (;;) {
    await next.inbox.until(() => lost().length > 0 || isPaid());
    if (lost().length === 0) return;
    for (const { id, payment } of lost()) {
      again.add(id);
      await payByBlik(gateway, { paymentId: payment.id, idempotencyKey: `again ${id}` });
    }
  }
}

test('no payment is lost, doubled or left open when the gateway is killed in the middle of many', async () => {
  const dataDir = await processes.newMigratedDataDir();
  const first = await processes.start(dataDir);
  await updateShop(first, { sandboxDelayMs: 50, notificationUrl: shop.url });
  const before = followAll(first);
  await untilFollowed(first.url, 1);
  const known: Acknowledged = { payments: new Map(), transactions: new Map() };
  await buyUntilKilled(first, known);
  await before.closed;
  expect(known.transactions.size).toBeGreaterThanOrEqual(killAfter);
  expect(known.payments.size).toBeLessThan(count);

  const second = await processes.start(dataDir);
  const after = followAll(second, before.inbox.items.at(-1)?.cursor);
  const told = () => [...before.inbox.items, ...after.inbox.items];
  await buyAll(second, known);
  const url = await databaseUrlIn(dataDir);
  await askNow(url);
  await payWhatWasLost(second, told, after);

  const paid = ofType(told(), 'TRANSACTION_SETTLED').map(({ transaction }) => transaction);
  expect(new Set(paid.map((transaction) => transaction?.payment.id))).toEqual(new Set(known.payments.values()));
  expect(paid).toHaveLength(count);
  await shop.inbox.until((all) => {
    const acknowledged = new Set(
      all.flatMap(({ told: { transaction } }) => (transaction.status === 'settled' ? [transaction.id] : [])),
    );
    return paid.every((transaction) => acknowledged.has(transaction?.id ?? ''));
  });
  await requireBooks(url, { shopId: second.demo.shopId, known, numbers: told().map(({ number }) => number) });
  expect(second.said.stderr).toBe('');
  expect(await second.end('SIGTERM')).toEqual({ code: 0, signal: null });
}, 60_000);

type Expected = { readonly shopId: string; readonly known: Acknowledged; readonly numbers: readonly number[] };

/** Looks into the database: each payment once and settled, one sale posting for each, and the log as it was told. */
async function requireBooks(url: string, { shopId, known, numbers }: Expected): Promise<void> {
  const database = openDatabase({ url });
  const { rows: payments } = await database.pool.query(`
    select p.idempotency_key as key, p.id, p.status, count(s.id)::int as postings, sum(s.amount)::int as amount
    from payment p left join transaction t on t.payment_id = p.id left join capture c on c.transaction_id = t.id
    left join posting s on s.capture_id = c.id and s.kind = 'SALE'
    group by p.id order by p.id`);
  const once = { status: 'SETTLED', postings: 1, amount };
  const expected = [...known.payments].map(([key, id]) => ({ key, id, ...once }));
  expect(payments).toEqual(expected.sort((a, b) => (a.id < b.id ? -1 : 1)));
  const { rows: balances } = await database.pool.query(
    "select amount::int from account_balance b join account a on a.id = b.account_id where a.owner = $1 and currency = 'PLN'",
    [shopId],
  );
  expect(balances).toEqual([{ amount: count * amount }]);
  const { rows: counters } = await database.pool.query('select last_number::int as last from shop_counter');
  expect(counters).toEqual([{ last: numbers.length }]);
  expect(numbers).toEqual(numbers.map((_, place) => place + 1));
  expect(await brokenInvariants(database)).toEqual([]);
  await database.close();
}
