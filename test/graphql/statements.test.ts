import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { payOut } from '../support/factories.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { overWebSocket } from '../support/live.ts';
import { type Wired, wireAgain } from './wired.ts';
import { createPayment, insertRecipient, settleTenant, startBlik, type Tenant } from './world.ts';

let gateway: TestGateway;
let counted: Wired;
let one: Tenant;
let many: Tenant;
let wire: { readonly url: string; statements(): number; sent(): string; close(): void };

const paymentsOfMany = 12;

beforeAll(async () => {
  gateway = await startTestGateway();
  one = await settleTenant(gateway, { mark: 'one' });
  many = await settleTenant(gateway, { mark: 'many' });
  const news = await overWebSocket<{ events: { type: string } }>(gateway, {
    query:
      'subscription($id: ID!, $after: Cursor) { events(shopId: $id, after: $after, types: [PAYMENT_SETTLED]) { type } }',
    variables: { id: many.shopId, after: many.startCursor },
    key: many.key,
  });
  for (let index = 0; index < paymentsOfMany - 3; index += 1) {
    const wish = { key: many.key, shopId: many.shopId, mark: `many-${index + 10}` };
    await startBlik(gateway, { key: many.key, paymentId: await createPayment(gateway, wish) });
  }
  await news.take(paymentsOfMany - 2);
  news.end();
  for (let index = 0; index < 5; index += 1) {
    const { merchantId, shopId, paidId: paymentId } = many;
    await insertRecipient(gateway.database, { merchantId, shopId, paymentId, mark: `more-${index}` });
    await payOut(gateway.database, { id: shopId }, 100n);
  }
  await gateway.database.pool.query(
    `insert into refund (id, shop_id, transaction_id, idempotency_key, input_hash, status, amount, currency, created_at, updated_at)
     select uuidv7(), shop_id, id, id::text, '', 'REJECTED', 1, currency, created_at, created_at from transaction
     where shop_id = $1 and status = 'SETTLED'`,
    [many.shopId],
  );
  wire = await openWire(gateway.config.databaseUrl ?? '');
  counted = await wireAgain({ ...gateway, config: { ...gateway.config, role: 'api', databaseUrl: wire.url } }, {});
});

afterAll(async () => {
  await counted.stop();
  wire.close();
  await gateway.stop();
});

/**
 * A way to the database on which statements are counted: those of Prisma by messages `Parse` that name a table its way, our
 * own by messages `Bind` of those that resolvers may send.
 */
async function openWire(databaseUrl: string): Promise<typeof wire> {
  const target = new URL(databaseUrl);
  const { hostname: host, port } = target;
  let statements = 0;
  let sent = '';
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const database = connect({ host, port: Number(port) });
    for (const socket of [client, database]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    client.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      sent += text;
      statements +=
        text.split(
          / FROM "public"\."|B.{4}\0(?:read-present-balances|read-payout-movements|read-shop-rows|read-commissions|find-payments|find-transactions|list-(?:payments|refunds|transactions)-\w+-\w*(?:-\w+)?|list-attempts-\w+(?:-\w+){0,2})\0/s,
        ).length - 1;
    });
    client.pipe(database).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  target.port = String((server.address() as AddressInfo).port);
  return {
    url: target.href,
    statements: () => statements,
    sent: () => sent,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** How many selects an operation costs, and its answer as text. */
async function cost(query: string, tenant: Tenant): Promise<{ readonly statements: number; readonly text: string }> {
  const before = wire.statements();
  const answer = await ask(counted, query, {
    key: tenant.key,
    variables: { id: tenant.shopId, payment: tenant.paidId },
  });
  expect(answer.errors).toBeUndefined();
  return { statements: wire.statements() - before, text: JSON.stringify(answer.data) };
}

const transaction = 'id status commission { amount { amount } rule } payment { id shop { name } }';

const questions: Record<string, string> = {
  'payments with all that was given for them': `query($id: ID!) { payments(shopId: $id, first: 50) { edges { node { id customer { email } customerId notificationUrl cart { items { edges { node { name } } } } invoice { number } } } } }`,
  'payments with their shop, last transaction and commission': `query($id: ID!) { payments(shopId: $id, first: 50) { edges { node { id shop { name } transactions(first: 1) { edges { node { id commission { rule } } } } } } } }`,
  'transactions with their payment, shop and commission': `query($id: ID!) { transactions(shopId: $id, first: 50) { edges { node { ${transaction} } } } }`,
  'refunds with their transaction and shares': `query($id: ID!) { refunds(shopId: $id, first: 50) { edges { node { id status transaction { id payment { id } } shares { amount { amount } } } } } }`,
  'events with their payment or transaction': `query($id: ID!) { events(shopId: $id, first: 50) { edges { node { type shop { name } ... on PaymentEvent { payment { id shop { name } } } ... on TransactionEvent { transaction { id } } } } } }`,
  'notifications with their tries': `query($id: ID!) { webhookDeliveries(shopId: $id, first: 50) { edges { node { id attempts { number } } } } }`,
  'recipients with their balances': `{ recipients(first: 50) { edges { node { id balances { amount } } } } }`,
  'recipients with their payouts': `{ recipients(first: 50) { edges { node { id payouts(first: 2) { edges { node { id net { amount } } } } } } } }`,
  'payouts with their movements': `query($id: ID!) { payouts(shopId: $id, first: 50) { edges { node { id movements(first: 2) { edges { node { amount { amount } transaction { id } } } } } } } }`,
  'shops with their balances': `{ shops(first: 50) { edges { node { id name balances { amount } } } } }`,
};

describe('the number of statements', () => {
  for (const [name, query] of Object.entries(questions)) {
    it(`does not grow with the rows of a list: ${name}`, async () => {
      const few = await cost(query, one);
      const lots = await cost(query, many);
      expect(few.statements).toBeGreaterThan(0);
      expect(lots.statements).toBe(few.statements);
      expect(lots.statements).toBeLessThanOrEqual(6);
    });
  }

  it('is counted, so that the others mean something', async () => {
    const single = 'query($id: ID!, $payment: ID!) { shop(id: $id) { name } payment(id: $payment) { id } }';
    expect((await cost(single, one)).statements).toBe(2);
    const { text } = await cost(questions['transactions with their payment, shop and commission'] ?? '', many);
    expect(text.split('"commission":{').length).toBeGreaterThan(paymentsOfMany - 3);
  });
});

it('reads of the rows of a list what is asked for, and no more', async () => {
  const attempts = 'transactions(last: 1) { edges { node { late commission { rule } } } }';
  await cost(
    `query($id: ID!) { payments(shopId: $id) { edges { node { validUntil link { id } ${attempts} } } } }`,
    one,
  );
  expect(wire.sent()).toContain('select p.id as "id", p.valid_until as "validUntil" from payment p');
  await cost('query($id: ID!) { payments(shopId: $id) { edges { node { customer { email } returnUrl } } } }', one);
  const customer = ['FirstName', 'LastName', 'Email', 'Phone', 'Company', 'TaxId'].map(
    (name) => `p.customer${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} as "customer${name}"`,
  );
  const chosen = ['p.id as "id"', ...customer, 'p.return_url as "returnUrl"'].join(', ');
  expect(wire.sent()).toContain(`select ${chosen} from payment p`);
  // Not the cart and the invoice that lie beside it, which may be a megabyte of each payment.
  await cost('query($id: ID!) { payments(shopId: $id) { edges { node { customerId } } } }', one);
  expect(wire.sent()).toContain(`select p.id as "id", p.documents->'customerId' as "customerId" from payment p`);
  expect(wire.sent()).toContain('select t.id as "id", t.payment_id as "paymentId", t.late as "late" from unnest(');
});
