import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandboxVault } from '../../src/cards/open-vault.ts';
import { sandboxApplePay, sandboxGooglePay } from '../../src/cards/sandbox-keys.ts';
import { sealApplePay } from '../../src/cards/seal-apple-pay.ts';
import { sealGooglePay } from '../../src/cards/seal-google-pay.ts';
import { tokeniseCard } from '../../src/cards/tokenise-card.ts';
import { tokeniseWallet } from '../../src/cards/tokenise-wallet.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { encodeCursor } from '../../src/kernel/events/cursor.ts';
import { type WalkedOperation, walkSchema } from '../graphql/walk-schema.ts';
import { createHttpWorld, sendRaw } from '../http/world.ts';
import { signed } from '../imoje/form/sign-by-hand.ts';
import { storeCard } from '../profiles/store-card.ts';
import { createProcesses, type Gateway } from '../start/gateway-process.ts';
import { createInbox } from '../start/inbox.ts';
import { createPayment, payByBlik, updateShop } from '../start/pay.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { ask } from '../support/gateway.ts';
import { connect, openSocket, overSse, overWebSocket, type TestSocket } from '../support/live.ts';
import { answering, openShopServer, type ShopServer } from '../webhooks/shop-server.ts';
import { type Door, doorsOf, numbersInHeaders, rawRequests } from './card-doors.ts';
import { keepOldRows } from './keep-old-rows.ts';
import { type Leaf, leavesOfSchema } from './schema-leaves.ts';
import { createSentNumbers } from './sent-numbers.ts';

const processes = createProcesses();
const numbers = createSentNumbers();
/** Everything that the gateway has answered, on every way. */
const heard: string[] = [];
const hear = (said: unknown): void => void heard.push(typeof said === 'string' ? said : JSON.stringify(said));

/** The notifications that were acknowledged before the shop's server began to answer with numbers. */
const told = createInbox<string>();

let storage: TestDatabase;
let database: Database;
let gateway: Gateway;
let shop: ShopServer;
let socket: TestSocket | undefined;
let leaves: Leaf[];
let ids: Record<string, string>;

beforeAll(async () => {
  storage = await createTestDatabase();
  database = openDatabase({ url: storage.url });
  shop = await openShopServer();
  shop.answer((_, response) => {
    told.put(shop.received.at(-1)?.body ?? '');
    response.end('{"status":"ok"}');
  });
  // All doors are asked from one address within a minute.
  const settings = { DATABASE_URL: storage.url, LOG_LEVEL: 'trace', RATE_LIMIT_PER_ADDRESS: '0' };
  gateway = await processes.start(await processes.newDataDir(), settings);
  await updateShop(gateway, { sandboxDelayMs: 0, notificationUrl: shop.url });
  ids = await settleSomething();
  leaves = leavesOfSchema(nameFor);
  await keepOldRows(database);
  socket = await connect(gateway);
}, 120_000);

afterAll(async () => {
  socket?.close();
  await processes.endAll();
  await shop.close();
  await database.close();
  await storage.drop();
});

/** What good inputs name. A payment is paid by a code or by an alias, and a good one has the code. */
const nameFor = (path: string): string | undefined =>
  path.endsWith('.blik.profileId') ? undefined : ids[path.split('.').at(-1) ?? ''];

/** A payment that is settled, one that can be paid, a notification, a BLIK alias and a card: what good inputs name. */
async function settleSomething(): Promise<Record<string, string>> {
  const paid = (await createPayment(gateway, { idempotencyKey: 'paid' })).payment?.id ?? '';
  const open = (await createPayment(gateway, { idempotencyKey: 'open' })).payment?.id ?? '';
  const { transaction } = await payByBlik(gateway, { paymentId: paid, idempotencyKey: 'pay' });
  await told.until((bodies) => bodies.some((body) => body.includes('"status":"settled"')));
  const deliveries = 'query($id: ID!) { webhookDeliveries(shopId: $id, first: 1) { edges { node { id } } } }';
  const { data } = await ask<{ webhookDeliveries: { edges: { node: { id: string } }[] } }>(gateway, deliveries, {
    variables: { id: gateway.demo.shopId },
  });
  const deliveryId = data.webhookDeliveries.edges[0]?.node.id ?? '';
  const { shopId } = gateway.demo;
  const profileId = await registerAlias('customer-1');
  const { profileId: cardId } = await storeCard(gateway, { shopId, customerId: 'customer-1' });
  return { shopId, profileId, cardId, paymentId: open, transactionId: transaction?.id ?? '', deliveryId, id: open };
}

/** Pays by a code that registers a BLIK alias, and gives the alias. */
async function registerAlias(customerId: string): Promise<string> {
  const { payment } = await createPayment(gateway, { idempotencyKey: 'alias', customerId });
  const wish = { paymentId: payment?.id ?? '', idempotencyKey: 'alias', channel: 'blik_oneclick' };
  const id = (await payByBlik(gateway, wish)).transaction?.id ?? '';
  await told.until((bodies) => bodies.some((body) => body.includes(id) && body.includes('"status":"settled"')));
  const query = 'query($id: ID!) { transaction(id: $id) { profile { id } } }';
  const { data } = await ask<{ transaction: { profile: { id: string } } }>(gateway, query, { variables: { id } });
  return data.transaction.profile.id;
}

/** Makes a payment link for several payers, and gives its name. */
async function makeLink(): Promise<string> {
  const { shopId } = gateway.demo;
  const input = { shopId, idempotencyKey: 'link', amount: 1234, currency: 'PLN', orderId: 'ORD/1', usesMax: null };
  const mutation = `mutation($input: CreatePaymentLinkInput!) {
    createPaymentLink(input: $input) { ... on CreatePaymentLinkSuccess { paymentLink { url } } }
  }`;
  const { data } = await ask<{ createPaymentLink: { paymentLink: { url: string } } }>(gateway, mutation, {
    variables: { input },
  });
  return data.createPaymentLink.paymentLink.url.split('/').at(-1) ?? '';
}

/** Opens a payment as a card widget does, and gives its id. */
async function openByWidget(): Promise<string> {
  const { merchantId, serviceId, serviceKey } = gateway.demo;
  const sold = { merchantId, serviceId, amount: '1234', currency: 'PLN', orderId: 'ORD/1', customerId: 'customer-1' };
  const fields = signed({ ...sold, customerFirstName: 'Jan', customerLastName: 'Kowalski' }, serviceKey);
  const body = new URLSearchParams(fields);
  const answer = await fetch(`${gateway.url}/widget?lang=en`, { method: 'POST', body, redirect: 'manual' });
  return answer.headers.get('location')?.split('/')[2] ?? '';
}

type Sent = { readonly query: string; readonly variables?: object; readonly operationName?: string };

/** The ways on which an operation comes in; each keeps what it hears. */
const transports: Record<string, (sent: Sent) => Promise<void>> = {
  HTTP: (sent) => post(JSON.stringify(sent)),
  GET: async ({ query, variables = {}, operationName }) => {
    const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
    if (operationName !== undefined) search.set('operationName', operationName);
    await request({ route: 'GET /graphql', path: `/graphql?${search}` });
  },
  SSE: async (sent) => {
    const stream = await overSse(gateway, sent);
    hear((await stream.next()) ?? '');
    stream.end();
  },
  WebSocket: async (payload) => {
    const id = crypto.randomUUID();
    socket?.send({ type: 'subscribe', id, payload });
    hear(await socket?.next(id));
    socket?.send({ type: 'complete', id });
  },
};

/** Sends to a route: HTTP's method is that of the route, and one that no route knows where it takes all. */
async function request({ route, path, headers, body }: Door): Promise<void> {
  const method = (route.split(' ')[0] ?? '').replace('ALL', 'DELETE');
  const authorization = path.startsWith('/graphql') ? { authorization: `Bearer ${gateway.demo.apiKey}` } : {};
  const answer = await fetch(`${gateway.url}${path}`, {
    ...{ method, redirect: 'manual' },
    headers: { ...authorization, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  hear(`${answer.status} ${answer.statusText} ${JSON.stringify([...answer.headers])}`);
  // The stream of a payment's news goes on; its beginning is what could say something back.
  if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) return hear(await answer.text());
  const reader = answer.body?.getReader();
  hear(Buffer.from((await reader?.read())?.value ?? []).toString('utf8'));
  await reader?.cancel();
}

const post = (body: string, headers: Record<string, string> = {}): Promise<void> =>
  request({
    route: 'POST /graphql',
    path: '/graphql',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });

/** Runs many, some at a time. */
async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const run = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, run));
}

const said = (text: string): number => heard.filter((answer) => answer.includes(text)).length;

describe.each(Object.keys(transports))('Over %s', (transport) => {
  const send = transports[transport] as (sent: Sent) => Promise<void>;
  const usable = (): Leaf[] => leaves.filter(({ kind }) => transport !== 'GET' || kind === 'query');
  /** Every input gets everything over HTTP; on the other ways each gets some of it, in turns. */
  const share = <Value>(values: readonly Value[], index: number): readonly Value[] =>
    transport === 'HTTP' ? values : [0, 1].flatMap((more) => values[(2 * index + more) % values.length] ?? []);

  it('numbers are sent as variables into every input of every operation', async () => {
    const values = (): unknown[] => {
      const address = `https://shop.example/?c=${encodeURIComponent(numbers.written())}`;
      const inside = { [`x${numbers.next()}`]: numbers.next() };
      return [
        numbers.written(),
        `a ${numbers.written()} b`,
        address,
        Number(numbers.next()),
        [numbers.written()],
        inside,
      ];
    };
    const cases = usable().flatMap((leaf, index) => share(values(), index).map((value) => leaf.withVariable(value)));
    expect(cases.length).toBeGreaterThan(100);
    await inTurns(cases, send);
  }, 120_000);

  it('numbers are sent as literals into every input of every operation', async () => {
    const literals = (): string[] => [
      ...[`"${numbers.written()}"`, numbers.next(), `{ a: "${numbers.next()}" }`, `-${numbers.next()}.5`],
      `"""\n${numbers.written()}\n"""`,
    ];
    await inTurns(
      usable().flatMap((leaf, index) => share(literals(), index).map((literal) => leaf.withLiteral(literal))),
      send,
    );
  }, 120_000);

  it('numbers are sent in every name that a document may choose', async () => {
    const viewer = 'viewer { merchant { id } }';
    const name = (): string => `_${numbers.next()}`;
    const [operation, fragment] = [name(), name()];
    await inTurns(
      [
        { query: `{ ${name()}: ${viewer} }` },
        { query: `query ${operation} { ${viewer} }`, operationName: operation },
        { query: `{ viewer { ...${fragment} } } fragment ${fragment} on Viewer { merchant { id } }` },
        { query: `query($${name()}: Int) { ${viewer} }` },
        { query: `{ ${name()} }` },
        { query: `{ viewer @${name()} { merchant { id } } }` },
        { query: `{ viewer(${name()}: 1) { merchant { id } } }` },
        { query: `{ viewer { ... on ${name()} { merchant { id } } } }` },
        { query: `{ ${viewer} } # ${numbers.next()}` },
        { query: `{ ${viewer} ${numbers.next()} }` },
        { query: `{ ${viewer} }`, operationName: numbers.written() },
        { query: `{ ${viewer} }`, variables: { [numbers.next()]: numbers.written() } },
        { query: numbers.written() },
      ],
      send,
    );
  });
});

describe('Around GraphQL', () => {
  it('numbers are sent as the bank app of the alias that pays', async () => {
    const start = `mutation($input: StartTransactionInput!) {
      startTransaction(input: $input) { __typename ... on Refusal { message field } }
    }`;
    for (const written of [numbers.next(), numbers.written(), numbers.written()]) {
      const { payment } = await createPayment(gateway, { idempotencyKey: crypto.randomUUID() });
      const input = { paymentId: payment?.id, idempotencyKey: crypto.randomUUID(), method: 'BLIK' };
      const blik = { profileId: ids.profileId, appKey: written };
      await post(JSON.stringify({ query: start, variables: { input: { ...input, blik } } }));
    }
  });

  it('numbers are sent in bodies that are no operation, in headers and as keys', async () => {
    const query = '{ viewer { merchant { id } } }';
    const bodies = [
      ...[
        numbers.written(),
        `{"query":${numbers.next()}}`,
        `[{"query":"${numbers.next()}"}]`,
        `{"${numbers.next()}":1}`,
      ],
      JSON.stringify({ query, variables: numbers.next(), extensions: { [numbers.next()]: numbers.next() } }),
    ];
    for (const body of bodies) await post(body, numbersInHeaders(numbers));
    await post(JSON.stringify({ query }), { authorization: `Bearer ${numbers.next()}` });
    await post(JSON.stringify({ query }), { authorization: `Bearer bk_test_${numbers.next()}`.padEnd(66, '0') });
    await post(JSON.stringify({ query }), { origin: `https://${numbers.next()}.example` });
    await post(JSON.stringify({ query }), { 'content-type': `text/${numbers.next()}` });
    await request({ route: 'GET /graphql', path: `/graphql?${numbers.next()}=${numbers.next()}` });
    await request({ route: 'ALL /graphql', path: `/graphql?query=${numbers.next()}` });
  });

  it('numbers are sent in every message of a WebSocket', async () => {
    const id = numbers.next();
    const frames = [
      { type: 'ping', payload: { a: numbers.next() } },
      { type: 'pong', payload: { a: numbers.next() } },
      { type: 'subscribe', id, payload: { query: '{ viewer { merchant { id } } }' } },
      { type: 'complete', id: numbers.next() },
      { type: numbers.next(), id: '1' },
      { type: 'connection_init', payload: { authorization: numbers.next() } },
      numbers.written(),
    ];
    for (const frame of frames) {
      const one = await connect(gateway);
      one.send(frame);
      // What it says to that, or to the next frame, unless the socket is closed for either.
      if (typeof frame === 'object' && frame.type === 'subscribe') hear(await one.next(id).catch(String));
      one.send({ type: 'ping', payload: { last: 1 } });
      hear(await one.next().catch(String));
      one.close();
      hear(await one.closed);
    }
    const stranger = await openSocket(gateway, numbersInHeaders(numbers));
    stranger.send({
      type: 'connection_init',
      payload: { authorization: `Bearer ${numbers.next()}`, [numbers.next()]: 1 },
    });
    hear(await stranger.closed);
  });
});

describe('At the other doors', () => {
  it('there is a request for every route', async () => {
    const world = await createHttpWorld();
    const routes = new Set(world.router.routes.map(({ method, path }) => `${method} ${path}`));
    await world.close();
    const doors = doorsOf({
      numbers: createSentNumbers(),
      demo: gateway.demo,
      paymentId: ids.paymentId ?? '',
      widgetPaymentId: ids.paymentId ?? '',
      short: '',
      stored: ids,
    });
    expect([...new Set(doors.map(({ route }) => route))].sort()).toEqual([...routes].sort());
  });

  it('numbers are sent in paths, queries, headers, bodies and every field of a form', async () => {
    const payment = (await createPayment(gateway, { idempotencyKey: 'doors' })).payment;
    const made = { widgetPaymentId: await openByWidget(), short: await makeLink(), stored: ids };
    await inTurns(doorsOf({ numbers, demo: gateway.demo, paymentId: payment?.id ?? '', ...made }), request);
    expect(said('Looks like a card number')).toBeGreaterThan(60);
    const { rows: cards } = await database.pool.query('select 1 from sandbox_card');
    expect(cards.length, 'cards that were typed or came out of a wallet').toBeGreaterThan(2);
  }, 120_000);

  it('numbers are sent in requests that are none', async () => {
    const port = Number(new URL(gateway.url).port);
    for (const bytes of rawRequests(numbers)) hear(await sendRaw(port, bytes));
  });

  it('numbers come back from the server of a shop: in its answer, its headers and its status', async () => {
    const again = `mutation($deliveryId: ID!) { resendWebhook(deliveryId: $deliveryId) { __typename } }`;
    const answers = [
      answering(500, `no: ${numbers.written()} ${'.'.repeat(970)}${numbers.next()}`),
      answering(200, `ok ${numbers.written()}`),
      answering(302, JSON.stringify({ card: Number(numbers.next()), [numbers.next()]: `\u001b${numbers.next()}` })),
    ] as const;
    const sendAgain = async (): Promise<void> => {
      const before = await countAttempts(ids.deliveryId ?? '');
      await ask(gateway, again, { variables: { deliveryId: ids.deliveryId } });
      await expect.poll(() => countAttempts(ids.deliveryId ?? '')).toBe(before + 1);
    };
    for (const answer of answers) {
      shop.answer((asked, response) => {
        response.statusMessage = `Number ${numbers.next()}`;
        response.setHeader('location', `https://shop.example/${numbers.next()}`).setHeader('x-card', numbers.next());
        answer(asked, response);
      });
      await sendAgain();
    }
    shop.answer((_, response) => response.socket?.end(`HTTP/1.1 ${numbers.next()} ${numbers.next()}\r\n\r\n`));
    await sendAgain();
    expect((await tableRows()).filter(({ row }) => row.includes('[card number removed]')).length).toBeGreaterThan(2);
  });

  it('numbers are tokenised, which is what they are for', async () => {
    const vault = openSandboxVault(database);
    const owner = { merchantId: gateway.demo.merchantId, clockOffsetMs: 0 };
    const expiry = { month: 12, year: 2029 };
    const expiresAt = new Date(Date.now() + 60_000);
    const deps = { vault, clock: systemClock, googlePay: sandboxGooglePay, applePay: [sandboxApplePay] };
    const google = sealGooglePay({ number: numbers.next(), expiry, expiresAt, merchantId: owner.merchantId });
    const apple = sealApplePay({ number: numbers.next(), expiry, amount: 1n, currencyCode: '985' });
    const made = [
      await tokeniseCard(deps, owner, { number: numbers.written(), expiry: '12/29', cvv: '123', name: 'Jan Kowalski' }),
      await tokeniseCard(deps, owner, {
        number: numbers.written(),
        expiry: numbers.next(),
        cvv: '1',
        name: numbers.next(),
      }),
      await tokeniseWallet(deps, owner, { channel: 'gpay', token: google }),
      await tokeniseWallet(deps, owner, { channel: 'applepay', token: apple }),
      await tokeniseWallet(deps, owner, { channel: 'applepay', token: numbers.next() }),
    ];
    expect(made.map((one) => 'card' in one)).toEqual([true, false, true, true, false]);
    hear(made);
  });
});

/** Good values for all that an operation asks. */
const good = ({ variables }: WalkedOperation): object => variables(nameFor);

async function countEvents(): Promise<number> {
  const { rows } = await database.pool.query('select 1 from event where shop_id = $1', [ids.shopId]);
  return rows.length;
}

async function countAttempts(deliveryId: string): Promise<number> {
  const { rows } = await database.pool.query('select 1 from webhook_attempt where delivery_id = $1', [deliveryId]);
  return rows.length;
}

/** Every row of every table as text, with the table that it stands in. */
async function tableRows(): Promise<{ table: string; row: string }[]> {
  const { rows: tables } = await database.pool.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'
     order by 1`,
  );
  const found: { table: string; row: string }[] = [];
  for (const { name } of tables) {
    const { rows } = await database.pool.query<{ row: string }>(`select t::text as row from ${name} t`);
    found.push(...rows.map(({ row }) => ({ table: name, row })));
  }
  return found;
}

describe('Afterwards', () => {
  it('no number is in any column of any table, nor was for a moment', async () => {
    const rows = await tableRows();
    expect(rows.filter(({ table }) => table === 'public.old_row').length).toBeGreaterThan(100);
    expect(new Set(rows.map(({ table }) => table)).size).toBeGreaterThan(15);
    expect(rows.filter(({ row }) => numbers.findIn(row).length > 0)).toEqual([]);
  });

  it('no number is in any answer, event or notification', async () => {
    await request({ route: 'GET /metrics', path: '/metrics' });
    // Everything that can be read, and the log of the shop from its start on both live ways.
    const reading = walkSchema().filter(({ kind }) => kind === 'query');
    for (const operation of reading) await post(JSON.stringify({ query: operation.query, variables: good(operation) }));
    const [following] = walkSchema().filter(({ name }) => name === 'Subscription.events');
    const query = following?.query ?? '';
    const variables = { shopId: ids.shopId, after: encodeCursor(ids.shopId ?? '', 0n) };
    for (const stream of [
      await overSse(gateway, { query, variables }),
      await overWebSocket(gateway, { query, variables }),
    ]) {
      hear(await stream.take(await countEvents()));
      stream.end();
    }
    expect(heard.length).toBeGreaterThan(1_000);
    expect(said('looks like a card number')).toBeGreaterThan(100);
    expect(said('[card number removed]')).toBeGreaterThan(100);
    expect(heard.filter((answer) => numbers.findIn(answer).length > 0)).toEqual([]);
    expect(shop.received.length).toBeGreaterThan(5);
    expect(shop.received.filter((told) => numbers.findIn(JSON.stringify(told)).length > 0)).toEqual([]);
  });

  it('no number is in any line of the log', async () => {
    await gateway.end('SIGTERM');
    const lines = gateway.said.stderr.split('\n');
    expect(lines.length).toBeGreaterThan(1_000);
    expect(lines.filter((line) => line.includes('[card number removed]')).length).toBeGreaterThan(10);
    expect(lines.filter((line) => numbers.findIn(line).length > 0)).toEqual([]);
    expect(numbers.findIn(gateway.said.stdout)).toEqual([]);
  });

  it('the search finds a number where one is, however it is written', async () => {
    const { pool } = database;
    const planted = Array.from({ length: 5 }, () => numbers.next()) as [string, string, string, string, string];
    await pool.query('update payment set title = $1, documents = $2, input_hash = $3', [
      ...[`card ${planted[0]}`, { cart: { items: [planted[1]] } }, Buffer.from(planted[2])],
    ]);
    await pool.query('update merchant set name = $1', [planted[3].replace(/(....)(?=.)/g, '$1-')]);
    await pool.query('update shop set url = $1', [
      `https://shop.example/?c=${planted[4].replace(/(....)(?=.)/g, '$1%20')}`,
    ]);
    const found = (await tableRows()).flatMap(({ row }) => numbers.findIn(row));
    expect([...new Set(found)].sort()).toEqual([...planted].sort());
    const [one = ''] = planted;
    const hidden = [
      ...[`"msg":"\\u001b${one}"`, `\\u00${Buffer.from(one[0] ?? '').toString('hex')}${one.slice(1)}`, `x${one}y`],
      ...[Buffer.from(`nr ${one}`).toString('base64'), `12${one}34`, `&#${one.charCodeAt(0)};${one.slice(1)}`],
    ];
    for (const text of hidden) expect(numbers.findIn(text), text).toEqual([one]);
    expect(numbers.findIn(one.slice(1))).toEqual([]);
  });
});
