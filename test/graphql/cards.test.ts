import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { overWebSocket } from '../support/live.ts';
import { type Outcome, refusal, runMutation } from './run-mutation.ts';
import { createPayment, settleTenant, type Tenant, walletToken } from './world.ts';

let gateway: TestGateway;
let tenant: Tenant;

beforeAll(async () => {
  gateway = await startTestGateway();
  tenant = await settleTenant(gateway, { mark: 'cards' });
});

afterAll(() => gateway.stop());

const run = (name: string, input: object, select?: string): Promise<Outcome> =>
  runMutation(gateway, { name, input, key: tenant.key, ...(select === undefined ? {} : { select }) });

/** Waits until something has happened to the tenant, at any time so far. */
async function until(type: string): Promise<void> {
  const news = await overWebSocket<{ events: { type: string } }>(gateway, {
    query: 'subscription($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { type } }',
    variables: { shopId: tenant.shopId, after: tenant.startCursor },
    key: tenant.key,
  });
  for (let told = ''; told !== type; ) told = (await news.next())?.data?.events.type ?? type;
  news.end();
}

const newPayment = (capture?: 'MANUAL'): Promise<string> =>
  createPayment(gateway, {
    key: tenant.key,
    shopId: tenant.shopId,
    mark: crypto.randomUUID(),
    ...(capture && { capture }),
  });

const started = `replayed transaction { id status channel code reason capturable { amount } }
  action { __typename ... on Redirect { url httpMethod fields { name value } } }`;

/** Starts an attempt on a new payment unless one is named. */
async function start(wish: { readonly paymentId?: string } & Record<string, unknown>): Promise<Outcome> {
  const paymentId = wish.paymentId ?? (await newPayment());
  return run('startTransaction', { idempotencyKey: crypto.randomUUID(), ...wish, paymentId }, started);
}

const pay = (token: string, wish: object = {}): Promise<Outcome> =>
  start({ method: 'WALLET', channel: 'gpay', wallet: { token }, ...wish });

describe('startTransaction with the token of a wallet', () => {
  it('takes the money, and gives the same again for the same key and token', async () => {
    const wish = { paymentId: await newPayment(), idempotencyKey: crypto.randomUUID() };
    const token = walletToken(tenant.merchantId);
    const first = await pay(token, wish);
    expect(first).toMatchObject({ transaction: { status: 'SETTLED', channel: 'gpay' }, action: null, replayed: false });
    expect(await pay(token, wish)).toEqual({ ...first, replayed: true });
    const other = await pay(walletToken(tenant.merchantId), wish);
    expect(other).toEqual(refusal('IDEMPOTENCY_KEY_REUSED', ['idempotencyKey']));
  });

  it('takes the shop’s first wallet when none is named', async () => {
    const outcome = await pay(walletToken(tenant.merchantId), { channel: undefined });
    expect(outcome).toMatchObject({ transaction: { status: 'SETTLED', channel: 'gpay' } });
  });

  it('answers a refused card with the code of the issuer', async () => {
    expect(await pay(walletToken(tenant.merchantId, '4000000000000515'))).toMatchObject({
      transaction: { status: 'REJECTED', reason: 'INSUFFICIENT_FUNDS', code: 'CODE_51' },
    });
  });

  it('sends the payer to the challenge of a card that asks for one', async () => {
    const outcome = await pay(walletToken(tenant.merchantId, '4012001037141112'));
    const { id } = outcome.transaction as { id: string };
    expect(outcome).toMatchObject({
      transaction: { status: 'PENDING' },
      action: { __typename: 'Redirect', url: `${gateway.url}/sandbox/${id}`, httpMethod: 'GET', fields: [] },
    });
  });

  it.each([
    ['is no token', () => 'text', /not the token of this wallet/],
    ['is of another merchant', () => walletToken('m'.repeat(20)), /not the token of this wallet/],
    [
      'holds a card of a brand that is not taken',
      () => walletToken(tenant.merchantId, '378282246310005'),
      /neither Visa/,
    ],
  ])('refuses what %s, and starts nothing', async (_, make: () => string, sentence: RegExp) => {
    const paymentId = await newPayment();
    const outcome = await pay(make(), { paymentId });
    expect(outcome).toEqual(refusal('INVALID_INPUT', ['wallet', 'token']));
    expect(outcome.message).toMatch(sentence);
    expect(await pay(walletToken(tenant.merchantId), { paymentId })).toMatchObject({
      transaction: { status: 'SETTLED' },
    });
  });

  it('refuses a token with a method that has none', async () => {
    const wish = { method: 'BLIK', blik: { code: '123456' }, wallet: { token: walletToken(tenant.merchantId) } };
    expect(await start(wish)).toEqual(refusal('INVALID_INPUT', ['wallet', 'token']));
  });
});

describe('startTransaction without a card', () => {
  it.each(['CARD', 'WALLET'])('of the method %s sends the payer to our page, which waits for it', async (method) => {
    const paymentId = await newPayment();
    expect(await start({ paymentId, method })).toMatchObject({
      transaction: { status: 'NEW' },
      action: { __typename: 'Redirect', url: `${gateway.url}/pay/${paymentId}`, httpMethod: 'GET' },
    });
  });

  it('of the method PBL sends the payer to the bank', async () => {
    const outcome = await start({ method: 'PBL', channel: 'ipko' });
    const { id } = outcome.transaction as { id: string };
    expect(outcome).toMatchObject({
      transaction: { status: 'PENDING', channel: 'ipko' },
      action: { __typename: 'Redirect', url: `${gateway.url}/sandbox/${id}` },
    });
  });
});

describe('captureTransaction and voidTransaction', () => {
  const captured =
    'replayed capture { id status amount { amount } } transaction { status captured { amount } capturable { amount } }';
  const voided = 'replayed void { status amount { amount } } transaction { status capturable { amount } }';

  const reserve = async (): Promise<string> => {
    const outcome = await pay(walletToken(tenant.merchantId), { paymentId: await newPayment('MANUAL') });
    expect(outcome).toMatchObject({ transaction: { status: 'AUTHORIZED', capturable: { amount: 1234 } } });
    return (outcome.transaction as { id: string }).id;
  };

  it('take reserved money in parts, release the rest, and answer a repeated call as before', async () => {
    const transactionId = await reserve();
    const part = { transactionId, idempotencyKey: 'part', amount: 1000 };
    const first = await run('captureTransaction', part, captured);
    expect(first).toMatchObject({ replayed: false, capture: { amount: { amount: 1000 } } });
    // Its state is that of now, and the bank may have answered in between.
    const { id } = first.capture as { id: string };
    const again = await run('captureTransaction', part, captured);
    expect(again).toMatchObject({ replayed: true, capture: { id, amount: { amount: 1000 } } });
    await until('CAPTURE_SETTLED');
    const rest = await run('voidTransaction', { transactionId, idempotencyKey: 'rest' }, voided);
    expect(rest).toMatchObject({ void: { amount: { amount: 234 } }, transaction: { capturable: { amount: 0 } } });
  });

  it('refuse more than is reserved, an amount of nothing, and what was released', async () => {
    const transactionId = await reserve();
    const more = { transactionId, idempotencyKey: 'more', amount: 1235 };
    expect(await run('captureTransaction', more)).toMatchObject({ __typename: 'Refusal', field: ['amount'] });
    expect(await run('captureTransaction', { ...more, amount: 0 })).toEqual(refusal('AMOUNT_OUT_OF_RANGE', ['amount']));
    await run('voidTransaction', { transactionId, idempotencyKey: 'all' });
    expect(await run('captureTransaction', { transactionId, idempotencyKey: 'late' })).toMatchObject({
      __typename: 'Refusal',
    });
  });
});
