import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { encodeCursor, parseCursor } from '../../src/kernel/events/cursor.ts';
import { createShop } from '../support/factories.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { connect, overSse } from '../support/live.ts';
import { wideFields, wideName } from '../support/wide-events.ts';
import { plain, writeEvents } from '../support/write-events.ts';
import { giveKey, settleTenant, type Tenant } from './world.ts';

let gateway: TestGateway;
let tenant: Tenant;

beforeAll(async () => {
  gateway = await startTestGateway();
  tenant = await settleTenant(gateway, { mark: 'untold' });
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => gateway?.stop());

const query = `subscription ($shopId: ID!, $after: Cursor, $first: Int) {
  events(shopId: $shopId, after: $after, types: [PAYMENT_CREATED]) {
    number cursor ... on PaymentEvent { payment { id transactions(first: $first) { edges { node { id } } } } }
  }
}`;

type Told = { readonly events: { readonly number: number; readonly cursor: string } };
type Answer = {
  readonly data?: Told | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string; readonly cursor: string } }[];
};

/** Takes the payments away for a while, so that events are read and what they are about is not. */
async function withoutPayments<Value>(act: () => Promise<Value>): Promise<Value> {
  await gateway.database.pool.query('alter table payment rename to payment_away');
  try {
    return await act();
  } finally {
    await gateway.database.pool.query('alter table payment_away rename to payment');
  }
}

const variables = (more: object = {}) => ({ shopId: tenant.shopId, after: tenant.startCursor, ...more });

/** The first events over a WebSocket, up to the end of the operation. */
async function overSocket(given: object): Promise<Answer[]> {
  const socket = await connect(gateway, tenant.key);
  socket.send({ type: 'subscribe', id: '1', payload: { query, variables: given } });
  const answers: Answer[] = [];
  for (
    let frame = await socket.next('1');
    frame.type === 'next' && answers.length < 2;
    frame = await socket.next('1')
  ) {
    answers.push(frame.payload as Answer);
  }
  socket.close();
  return answers;
}

async function onStream(given: object): Promise<Answer[]> {
  const stream = await overSse(gateway, { query, variables: given, key: tenant.key });
  const answers: Answer[] = [];
  for (let next = await stream.next(); next && answers.length < 2; next = await stream.next())
    answers.push(next as unknown as Answer);
  stream.end();
  return answers;
}

describe.each([
  ['a WebSocket', overSocket],
  ['SSE', onStream],
])('Over %s, an event that cannot be told', (_, follow) => {
  it('ends the subscription, and is told when it is taken up again at the cursor of the error', async () => {
    const [all, failed] = [await follow(variables()), await withoutPayments(() => follow(variables()))];
    expect(all.map(({ errors }) => errors)).toEqual([undefined, undefined]);
    expect(failed).toMatchObject([{ data: null, errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }]);
    const after = failed[0]?.errors?.[0]?.extensions.cursor ?? '';
    expect(parseCursor(after, tenant.shopId)).toBe(BigInt((all[0]?.data?.events.number ?? 0) - 1));
    expect(await follow(variables({ after }))).toEqual(all);
  });

  it('since the document asks for what there never is says so once', async () => {
    const answers = await follow(variables({ first: 1_000 }));
    expect(answers).toMatchObject([{ data: null, errors: [{ extensions: { code: 'INVALID_INPUT' } }] }]);
  });
});

it('A log that cannot be read further ends the subscription with a cursor, and nothing is missing behind it', async () => {
  const { pool } = gateway.database;
  // So wide that the stream cannot be filled with all of its events at once.
  const { shop } = await createShop(gateway.database, { name: wideName });
  const { secret: key } = await giveKey(gateway.database, { merchantId: shop.merchantId });
  await writeEvents(gateway.database, shop.id, plain(2_000));
  const document = `subscription ($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { number ${wideFields} } }`;
  const open = (after: string) =>
    overSse<Told>(gateway, { query: document, variables: { shopId: shop.id, after }, key });
  const first = await open(encodeCursor(shop.id, 0n));
  const numbers: number[] = [];
  let [next] = await first.take(1);
  await pool.query('alter table event rename to event_away');
  while (next?.data) {
    numbers.push(next.data.events.number);
    next = await first.next();
  }
  await pool.query('alter table event_away rename to event');
  expect(numbers.length).toBeLessThan(2_000);
  expect(next).toMatchObject({ data: null, errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
  const rest = await open(String(next?.errors?.[0]?.extensions?.cursor));
  for (const { data } of await rest.take(2_000 - numbers.length)) numbers.push(data?.events.number ?? 0);
  rest.end();
  expect(numbers).toEqual(Array.from({ length: 2_000 }, (_, index) => index + 1));
});

it('Over SSE an event that cannot be told has no id to go on behind, and the stream says that it is complete', async () => {
  const { url } = gateway;
  const headers = {
    ...{ accept: 'text/event-stream', 'content-type': 'application/json' },
    authorization: `Bearer ${tenant.key}`,
  };
  const body = JSON.stringify({ query, variables: variables() });
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const text = await withoutPayments(async () =>
    (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).text(),
  );
  expect(text).toMatch(/^event: next\ndata: \{"errors":.*\n\nevent: complete\ndata:\n\n$/m);
  // The one is that of the place where the stream begins.
  expect(text.match(/^id: .*$/gm)).toEqual([`id: ${tenant.startCursor}`]);
  // Nothing is left that would say that it is alive.
  expect(vi.getTimerCount()).toBe(0);
  await expect.poll(async () => (await fetch(`${url}/metrics`)).text()).toContain('\nbramka_live_subscriptions 0\n');
});
