import { createHash } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signed } from '../imoje/form/sign-by-hand.ts';
import { type Following, follow, untilFollowed } from '../start/follow-shop.ts';
import { createProcesses, databaseUrlIn, type Gateway } from '../start/gateway-process.ts';
import { updateShop } from '../start/pay.ts';
import { type Notified, openShopInbox } from '../start/shop-inbox.ts';
import { ask } from '../support/gateway.ts';

type Told = {
  readonly status: string;
  readonly transaction: { readonly id: string; readonly reason: string | null; readonly payment: { id: string } };
};
type Page = { readonly address: string; readonly text: string };

const processes = createProcesses();
const shop = await openShopInbox();
const urlSuccess = 'https://shop.example/ok?a=1&b=%2F%c5%bc;c=d#paid';
let gateway: Gateway;
let followed: Following<Told>;

beforeAll(async () => {
  gateway = await processes.start(await processes.newMigratedDataDir());
  await updateShop(gateway, { sandboxDelayMs: 0 });
  const updates = `subscription ($shopId: ID!) {
    transactionUpdated(shopId: $shopId) { status transaction { id reason payment { id } } }
  }`;
  followed = follow<Told>(gateway.demo, updates, { shopId: gateway.demo.shopId });
  await untilFollowed(gateway.url, 1);
});
afterAll(async () => {
  await followed.end();
  await processes.endAll();
  await shop.close();
});

/** Sends a form as a browser does, and goes where the answer leads. */
async function send(address: string, fields: Record<string, string>): Promise<Page> {
  const body = new URLSearchParams(fields);
  const answer = await fetch(address, { method: 'POST', body, redirect: 'manual', headers: { accept: 'text/html' } });
  expect([answer.status, await answer.text()]).toEqual([303, '']);
  return open(new URL(answer.headers.get('location') ?? '', address).href);
}

async function open(address: string): Promise<Page> {
  const answer = await fetch(address, { headers: { accept: 'text/html' } });
  expect(answer.status).toBe(200);
  return { address, text: await answer.text() };
}

const readable = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');

/** Types a BLIK code into its form on a page and sends it with all that is hidden in it. */
async function typeCode(page: Page, code: string): Promise<Page> {
  const forms = [...page.text.matchAll(/<form method="post" action="([^"]+\/blik[^"]*)">([\s\S]*?)<\/form>/g)];
  expect(forms).toHaveLength(1);
  const [, action = '', inside = ''] = forms[0] ?? [];
  const hidden = [...inside.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  expect(inside).toMatch(/<input [^>]*name="code"/);
  const fields = Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, readable(value)]));
  return send(new URL(readable(action), page.address).href, { ...fields, code });
}

/** Waits for the last word about the attempt that started after so many others. */
async function untilEnd(attempts: number): Promise<Told> {
  const ends = (all: readonly Told[]) => all.filter(({ status }) => status !== 'PENDING');
  const [end] = ends(await followed.inbox.until((all) => ends(all).length > attempts)).slice(attempts);
  if (!end) throw new Error('It was not told.');
  return end;
}

let paymentPage: Page;
let settled: Told;

test('a signed form leads the payer to a page with a BLIK form', async () => {
  const { merchantId, serviceId, serviceKey } = gateway.demo;
  const form = {
    ...{ merchantId, serviceId, amount: '5000', currency: 'PLN', orderId: 'ORD/2026-0001' },
    ...{ orderDescription: 'Zamówienie #1', customerFirstName: 'Łucja', customerLastName: 'Nowak-Żak' },
    ...{ urlSuccess, urlNotification: shop.url },
  };
  paymentPage = await send(`${gateway.demo.paywallUrl}/en/payment`, signed(form, serviceKey));
  expect(paymentPage.address).toMatch(/\/pay\/[0-9a-f-]{36}\?lang=en$/);
  expect(paymentPage.text).toContain('Zamówienie #1');
});

test('a refused code is told on the page, which takes another one for the same payment', async () => {
  await typeCode(paymentPage, '960111');
  expect(await untilEnd(0)).toMatchObject({ status: 'REJECTED', transaction: { reason: 'INSUFFICIENT_FUNDS' } });
  paymentPage = await open(paymentPage.address);
  expect(paymentPage.text).toContain('There is not enough money in the account.');
  await typeCode(paymentPage, '777 123');
  settled = await untilEnd(1);
  expect(settled.status).toBe('SETTLED');
});

test('the subscription that was open before has told every step in order', async () => {
  const { items } = followed.inbox;
  expect(items.map(({ status }) => status)).toEqual(['PENDING', 'REJECTED', 'PENDING', 'SETTLED']);
  expect(new Set(items.map(({ transaction }) => transaction.id)).size).toBe(2);
  expect(paymentPage.address).toContain(`/pay/${settled.transaction.payment.id}?`);
});

test('the notification tells the same, signed with the service key over its exact bytes', async () => {
  const isSettled = ({ told }: Notified) => told.transaction.status === 'settled';
  const one = (await shop.inbox.until((all) => all.some(isSettled))).find(isSettled);
  const { merchantId, serviceId, serviceKey } = gateway.demo;
  const hash = createHash('sha256').update(`${one?.body}${serviceKey}`, 'utf8').digest('hex');
  const names = ['Accept', 'User-Agent', 'Content-Type', 'X-Imoje-Signature'];
  const raw = one?.rawHeaders ?? [];
  const sent = raw.flatMap((name, place) => (place % 2 === 0 ? [[name, raw[place + 1]]] : []));
  expect(sent.filter(([name]) => names.includes(name ?? ''))).toEqual([
    ['Accept', 'text/plain'],
    ['User-Agent', 'imoje'],
    ['Content-Type', 'application/json; charset=UTF-8'],
    ['X-Imoje-Signature', `merchantid=${merchantId};serviceid=${serviceId};signature=${hash};alg=sha256`],
  ]);
  const { transaction } = settled;
  expect(one?.told).toMatchObject({
    transaction: {
      id: transaction.id,
      type: 'sale',
      source: 'web',
      amount: 5000,
      paymentMethodCode: 'blik',
      serviceId,
    },
    payment: { id: transaction.payment.id, status: 'settled', orderId: 'ORD/2026-0001', title: 'Zamówienie #1' },
  });
  expect(one?.told.transaction).not.toHaveProperty('statusCode');
});

test('the payment and its attempts say the same over GraphQL, with the commission', async () => {
  const query = `query ($id: ID!) { payment(id: $id) {
    status orderId amount { amount currency }
    transactions { edges { node { id status reason commission { amount { amount } base { amount } ratePercent } } } }
  } }`;
  const { data } = await ask(gateway, query, { variables: { id: settled.transaction.payment.id } });
  // 1.59 % of 5000 is 79.5, and half goes up.
  const commission = { amount: { amount: 80 }, base: { amount: 5000 }, ratePercent: '1.59' };
  expect(data).toEqual({
    payment: {
      ...{ status: 'SETTLED', orderId: 'ORD/2026-0001', amount: { amount: 5000, currency: 'PLN' } },
      transactions: {
        edges: [
          { node: { id: settled.transaction.id, status: 'SETTLED', reason: null, commission } },
          { node: { id: expect.any(String), status: 'REJECTED', reason: 'INSUFFICIENT_FUNDS', commission: null } },
        ],
      },
    },
  });
});

test('the ledger holds one posting, the balance it makes, and the commission of the payout', async () => {
  const client = new pg.Client({ connectionString: await databaseUrlIn(gateway.dataDir) });
  await client.connect();
  const { rows: postings } = await client.query(`
    select p.kind, f.kind as "from", t.kind as "to", t.owner, p.amount, p.currency, c.transaction_id as "transactionId"
    from posting p join account f on f.id = p.from_id join account t on t.id = p.to_id join capture c on c.id = p.capture_id`);
  const { rows: balances } = await client.query(`
    select a.kind, a.owner, a.currency, b.amount from account_balance b join account a on a.id = b.account_id
    where b.amount <> 0`);
  const { rows: commissions } = await client.query(
    'select transaction_id as id, amount, base, rate_ppm as "ratePpm" from commission',
  );
  await client.end();
  const [owner, { id }] = [gateway.demo.shopId, settled.transaction];
  const money = { amount: '5000', currency: 'PLN' };
  expect(postings).toEqual([{ kind: 'SALE', from: 'ACQUIRER', to: 'SHOP', owner, ...money, transactionId: id }]);
  expect(balances).toEqual([{ kind: 'SHOP', owner, ...money }]);
  expect(commissions).toEqual([{ id, amount: '80', base: '5000', ratePpm: 15_900 }]);
});

test('the page says that it is paid and leads back to the address of the shop, byte for byte', async () => {
  const { text } = await open(paymentPage.address);
  expect(text).toContain('<h1>You paid ');
  expect(text).not.toContain('<form');
  const links = [...text.matchAll(/<a [^>]*href="(https:[^"]+)"/g)].map(([, href = '']) => readable(href));
  expect(links).toEqual([urlSuccess]);
  expect(gateway.said.stderr).toBe('');
});
