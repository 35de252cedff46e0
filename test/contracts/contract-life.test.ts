import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyLog } from '../../src/audit/verify-log.ts';
import { runMutation } from '../graphql/run-mutation.ts';
import { createPayment, startBlik } from '../graphql/world.ts';
import { type Answer, ask, startTestGateway, type TestGateway } from '../support/gateway.ts';

type Outcome = Record<string, unknown> & { readonly code?: string; readonly field?: string[] };
type Applicant = { readonly merchantId: string; readonly secret: string };
type Access = {
  readonly merchantId: string;
  readonly shopId: string;
  readonly apiKey: string;
  readonly restToken: string;
  readonly serviceKey: string;
};

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});

afterAll(() => gateway.stop());

const application = (changes: object = {}) => ({
  ...{ idempotencyKey: randomUUID(), legalForm: 'SOLE_TRADER', name: 'Anna Nowak', nip: '526-025-02-74' },
  ...{ regon: '123456785', email: 'anna@shop.example', street: 'Prosta 1', postalCode: '00-950', city: 'Warszawa' },
  payoutAccounts: [{ currency: 'PLN', iban: '61 1090 1014 0000 0712 1981 2874' }],
  shop: { name: 'Kubki', url: 'https://kubki.example' },
  ...changes,
});

/** Runs a mutation: of nobody, of the operator, or of a merchant. */
async function run(
  name: string,
  input: object,
  options: { key?: string | null; select?: string; type?: string } = {},
): Promise<Outcome> {
  const noun = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const parts = `__typename ${options.select ? `... on ${noun}Success { ${options.select} }` : ''} ... on Refusal { code message field }`;
  const query = `mutation($input: ${options.type ?? noun}Input!) { ${name}(input: $input) { ${parts} } }`;
  const answer: Answer<Record<string, Outcome>> = await ask(gateway, query, {
    variables: { input },
    key: options.key ?? null,
  });
  expect(answer.errors).toBeUndefined();
  return answer.data[name] as Outcome;
}

async function apply(changes: object = {}): Promise<Applicant> {
  const done = await run('applyForContract', application(changes), {
    select: 'secret application { merchantId status }',
  });
  const { merchantId } = done.application as { merchantId: string };
  return { merchantId, secret: String(done.secret) };
}

const sign = (applicant: Applicant) =>
  run('signContract', applicant, { select: 'application { status activeFrom }', type: 'Applicant' });
const claim = (applicant: Applicant) =>
  run('claimAccess', applicant, { select: 'merchantId shopId serviceKey apiKey restToken', type: 'Applicant' });
const review = (merchantId: string, decision: string, reason?: string) =>
  run(
    'reviewApplication',
    { merchantId, decision, reason },
    { key: gateway.demo.operatorKey, select: 'application { status heldReason reason }' },
  );
const reviewShop = (shopId: string, decision: string, reason?: string) =>
  run(
    'reviewShop',
    { shopId, decision, reason },
    { key: gateway.demo.operatorKey, select: 'shop { status heldReason reason }' },
  );

async function follow({ merchantId, secret }: Applicant): Promise<Outcome> {
  const query =
    'query($m: String!, $s: String!) { application(merchantId: $m, secret: $s) { status heldReason reason activeFrom } }';
  const answer: Answer<{ application: Outcome }> = await ask(gateway, query, {
    variables: { m: merchantId, s: secret },
    key: null,
  });
  return answer.errors ? { code: String(answer.errors[0]?.extensions.code) } : answer.data.application;
}

/** Moves a merchant's clock so many days ahead of where it stands. */
async function pass(merchantId: string, days: number): Promise<void> {
  const change = 'update merchant set clock_offset_ms = clock_offset_ms + $2::bigint where id = $1';
  await gateway.database.pool.query(change, [merchantId, days * 86_400_000]);
}

async function becomes(applicant: Applicant, status: string): Promise<void> {
  await expect.poll(async () => (await follow(applicant)).status, { timeout: 10_000 }).toBe(status);
}

/** A merchant whose contract has taken effect, with his first keys. */
async function settle(): Promise<Access & Applicant> {
  const applicant = await apply();
  await sign(applicant);
  await pass(applicant.merchantId, 7);
  await becomes(applicant, 'ACTIVE');
  return { ...applicant, ...((await claim(applicant)) as unknown as Access) };
}

const mine = async (key: string, select: string): Promise<Record<string, unknown>> => {
  const answer = await ask<{ viewer: { merchant: Record<string, unknown> } }>(
    gateway,
    `{ viewer { merchant { ${select} } } }`,
    { key },
  );
  expect(answer.errors).toBeUndefined();
  return answer.data.viewer.merchant;
};

const statusOf = async (shopId: string): Promise<string> =>
  (await gateway.database.prisma.shop.findUniqueOrThrow({ where: { id: shopId } })).status;

describe('An application', () => {
  it('is signed by a sole trader himself, takes effect after working hours, and gives keys that sell', async () => {
    const applicant = await apply();
    expect(await follow(applicant)).toMatchObject({ status: 'APPLIED', activeFrom: null });
    expect(await claim(applicant)).toMatchObject({ code: 'WRONG_STATE' });
    const signed = await sign(applicant);
    expect(signed).toMatchObject({ application: { status: 'SIGNED', activeFrom: expect.any(String) } });
    expect(await sign(applicant)).toEqual(signed);
    await pass(applicant.merchantId, 7);
    await becomes(applicant, 'ACTIVE');
    const access = (await claim(applicant)) as unknown as Access;
    expect(access).toMatchObject({
      merchantId: applicant.merchantId,
      serviceKey: expect.stringMatching(/^[\w-]{36}$/),
    });
    expect(await claim(applicant)).toMatchObject({ code: 'ACCESS_CLAIMED' });
    const paymentId = await createPayment(gateway, { key: access.apiKey, shopId: access.shopId, mark: 'first' });
    await startBlik(gateway, { key: access.apiKey, paymentId });
    const events = '{ events(shopId: "ID", first: 1) { edges { node { number type ... on ShopEvent { status } } } } }';
    const log = await ask(gateway, events.replace('ID', access.shopId), { key: access.apiKey });
    expect(log.data).toMatchObject({
      events: { edges: [{ node: { number: 1, type: 'SHOP_ACTIVE', status: 'ACTIVE' } }] },
    });
    const plan = await gateway.database.prisma.pricePlan.findFirstOrThrow({ where: { shopId: access.shopId } });
    expect(plan).toMatchObject({ promotionTurnover: 100_000_000n, promotionUntil: expect.any(Date) });
    expect(
      await mine(access.apiKey, 'status nip contract { settlement endsAt } payoutAccounts { currency iban }'),
    ).toEqual({
      ...{ status: 'ACTIVE', nip: '5260250274', contract: { settlement: 'NEXT_BUSINESS_DAY', endsAt: null } },
      payoutAccounts: [{ currency: 'PLN', iban: 'PL61109010140000071219812874' }],
    });
    const stored = await gateway.database.prisma.application.findUniqueOrThrow({
      where: { merchantId: applicant.merchantId },
    });
    expect(JSON.stringify(stored)).not.toContain(applicant.secret);
  });

  it('is the same for the same key and input, and refused for another', async () => {
    const input = application();
    const select = 'secret replayed application { merchantId }';
    const all = await Promise.all([1, 2, 3].map(() => run('applyForContract', input, { select })));
    expect(new Set(all.map(({ secret }) => secret)).size).toBe(1);
    expect(all.filter(({ replayed }) => replayed === false)).toHaveLength(1);
    expect(await run('applyForContract', { ...input, name: 'Jan' })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it.each([
    ['nip', { nip: '5260250275' }, ['nip']],
    ['regon', { regon: '1' }, ['regon']],
    ['account', { payoutAccounts: [{ currency: 'PLN', iban: '61' }] }, ['payoutAccounts', '0', 'iban']],
    ['no account', { payoutAccounts: [] }, ['payoutAccounts']],
    ['e-mail', { email: 'anna' }, ['email']],
    ['postal code', { postalCode: '950' }, ['postalCode']],
    ['street', { street: ' ' }, ['street']],
    ['shop', { shop: { name: '', url: 'https://kubki.example' } }, ['shop', 'name']],
    ['key that can be guessed', { idempotencyKey: '1' }, ['idempotencyKey']],
  ])('is refused for a bad %s, by the name of the field', async (_what, changes, field) => {
    expect(await run('applyForContract', application(changes))).toMatchObject({ code: 'INVALID_INPUT', field });
  });

  it('is shown to nobody without its secret', async () => {
    const [one, other] = [await apply(), await apply()];
    for (const stranger of [
      { ...one, secret: other.secret },
      { ...one, secret: '' },
      { merchantId: gateway.demo.merchantId, secret: one.secret },
    ]) {
      expect(await follow(stranger)).toEqual({ code: 'NOT_FOUND' });
      expect(await sign(stranger)).toMatchObject({ code: 'NOT_FOUND' });
      expect(await claim(stranger)).toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it('of another legal form is signed with the bank, can be held, goes on when it is released', async () => {
    const applicant = await apply({ legalForm: 'LIMITED_COMPANY' });
    const { merchantId } = applicant;
    expect(await sign(applicant)).toMatchObject({ code: 'WRONG_STATE' });
    expect(await review(merchantId, 'HOLD')).toMatchObject({ code: 'INVALID_INPUT', field: ['reason'] });
    expect(await review(merchantId, 'HOLD', 'We ask for a copy of the register.')).toMatchObject({
      application: { status: 'APPLIED' },
    });
    expect(await review(merchantId, 'CONFIRM_SIGNATURE')).toMatchObject({ application: { status: 'SIGNED' } });
    expect(await follow(applicant)).toMatchObject({
      status: 'SIGNED',
      heldReason: 'We ask for a copy of the register.',
    });
    await pass(merchantId, 7);
    const timers = await gateway.database.prisma.timer.count({ where: { subject: merchantId } });
    expect(timers).toBe(0);
    await review(merchantId, 'RELEASE');
    await becomes(applicant, 'ACTIVE');
    expect(await review(merchantId, 'REFUSE', 'Too late.')).toMatchObject({ code: 'WRONG_STATE' });
  });

  it('is refused with a reason, for good, and its shop with it', async () => {
    const applicant = await apply();
    await sign(applicant);
    await review(applicant.merchantId, 'REFUSE', 'The company is struck off.');
    expect(await follow(applicant)).toMatchObject({ status: 'REFUSED', reason: 'The company is struck off.' });
    expect(await sign(applicant)).toMatchObject({ code: 'WRONG_STATE' });
    const shops = await gateway.database.prisma.shop.findMany({ where: { merchantId: applicant.merchantId } });
    expect(shops).toMatchObject([{ status: 'REFUSED', statusReason: 'The company is struck off.' }]);
    expect(await gateway.database.prisma.timer.count({ where: { subject: applicant.merchantId } })).toBe(0);
  });
});

describe('A further shop', () => {
  it('is submitted, opens after working hours, and is suspended, resumed and closed by operators', async () => {
    const { merchantId, apiKey: key } = await settle();
    const input = { idempotencyKey: 'second', name: 'Talerze', url: 'https://talerze.example' };
    const submit = (more = {}) =>
      run('submitShop', { ...input, ...more }, { key, select: 'replayed shop { id status activeFrom }' });
    const { shop } = (await submit()) as unknown as { shop: { id: string; status: string } };
    expect(shop).toMatchObject({ status: 'SUBMITTED', activeFrom: expect.any(String) });
    expect(await submit()).toMatchObject({ replayed: true, shop });
    expect(await submit({ name: 'Miski' })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(await reviewShop(shop.id, 'HOLD', 'Show us the terms of sale.')).toMatchObject({
      shop: { heldReason: 'Show us the terms of sale.' },
    });
    expect(await reviewShop(shop.id, 'RESUME')).toMatchObject({ code: 'WRONG_STATE' });
    await reviewShop(shop.id, 'RELEASE');
    await pass(merchantId, 7);
    await expect.poll(() => statusOf(shop.id), { timeout: 10_000 }).toBe('ACTIVE');
    await createPayment(gateway, { key, shopId: shop.id, mark: 'second' });
    expect(await reviewShop(shop.id, 'CLOSE', 'x')).toMatchObject({ code: 'WRONG_STATE' });
    await reviewShop(shop.id, 'SUSPEND', 'Complaints.');
    await expect(createPayment(gateway, { key, shopId: shop.id, mark: 'third' })).rejects.toThrow('SHOP_NOT_ACTIVE');
    await reviewShop(shop.id, 'RESUME');
    await createPayment(gateway, { key, shopId: shop.id, mark: 'fourth' });
    await reviewShop(shop.id, 'SUSPEND', 'Complaints.');
    expect(await reviewShop(shop.id, 'CLOSE', 'Too many.')).toMatchObject({
      shop: { status: 'CLOSED', reason: 'Too many.' },
    });
    const { rows } = await gateway.database.pool.query(
      `select type from event where shop_id = $1 and type::text like 'SHOP_%' order by number`,
      [shop.id],
    );
    expect(rows.map(({ type }) => type)).toEqual([
      'SHOP_ACTIVE',
      'SHOP_SUSPENDED',
      'SHOP_ACTIVE',
      'SHOP_SUSPENDED',
      'SHOP_CLOSED',
    ]);
  });

  it('is refused with a reason', async () => {
    const { apiKey: key } = await settle();
    const input = { idempotencyKey: 'x', name: 'Noże', url: 'https://noze.example' };
    const { shop } = (await run('submitShop', input, { key, select: 'shop { id }' })) as unknown as {
      shop: { id: string };
    };
    expect(await reviewShop(shop.id, 'REFUSE', 'Not sold here.')).toMatchObject({
      shop: { status: 'REFUSED', reason: 'Not sold here.' },
    });
    expect(await gateway.database.prisma.timer.count({ where: { subject: shop.id } })).toBe(0);
  });
});

describe('A payout account', () => {
  const iban = 'PL74999000090000000000000001';

  it('is changed after the cooling-off, from the moment that was promised', async () => {
    const { merchantId, apiKey: key } = await settle();
    const request = (more = {}) =>
      run(
        'requestPayoutAccount',
        { idempotencyKey: '1', currency: 'PLN', iban, ...more },
        { key, select: 'replayed change { id status inForceFrom }' },
      );
    const { change } = (await request()) as unknown as { change: { id: string; inForceFrom: string } };
    expect(await request()).toMatchObject({ replayed: true, change });
    expect(await request({ idempotencyKey: '2' })).toMatchObject({ code: 'WRONG_STATE' });
    expect(await request({ idempotencyKey: '3', iban: '12' })).toMatchObject({
      code: 'INVALID_INPUT',
      field: ['iban'],
    });
    await pass(merchantId, 7);
    await expect
      .poll(async () => (await mine(key, 'payoutAccountChanges { status }')).payoutAccountChanges, { timeout: 10_000 })
      .toEqual([{ status: 'IN_FORCE' }]);
    expect((await mine(key, 'payoutAccounts { iban validFrom validUntil }')).payoutAccounts).toMatchObject([
      { iban, validFrom: change.inForceFrom, validUntil: null },
      { iban: 'PL61109010140000071219812874', validUntil: change.inForceFrom },
    ]);
    expect(await cancel(key, change.id)).toMatchObject({ code: 'WRONG_STATE' });
  });

  it('stays as it is when the change is cancelled in time', async () => {
    const { merchantId, apiKey: key } = await settle();
    const input = { idempotencyKey: '1', currency: 'EUR', iban };
    const { change } = (await run('requestPayoutAccount', input, { key, select: 'change { id }' })) as unknown as {
      change: { id: string };
    };
    expect(await cancel(gateway.demo.apiKey, change.id)).toMatchObject({ code: 'NOT_FOUND' });
    for (const _ of [1, 2]) expect(await cancel(key, change.id)).toMatchObject({ change: { status: 'CANCELLED' } });
    await pass(merchantId, 7);
    expect(await gateway.database.prisma.timer.count({ where: { subject: change.id } })).toBe(0);
    expect((await mine(key, 'payoutAccounts { currency }')).payoutAccounts).toEqual([{ currency: 'PLN' }]);
  });

  async function cancel(key: string, id: string): Promise<Outcome> {
    const query = `mutation($id: ID!) { cancelPayoutAccountChange(id: $id) { ... on CancelPayoutAccountChangeSuccess { change { status } } ... on Refusal { code } } }`;
    const answer: Answer<{ cancelPayoutAccountChange: Outcome }> = await ask(gateway, query, {
      variables: { id },
      key,
    });
    return answer.data.cancelPayoutAccountChange;
  }
});

describe('A notice', () => {
  it('lets everything work for thirty days; then there are refunds, and no new payments or starts', async () => {
    const { merchantId, shopId, apiKey: key, secret } = await settle();
    const paidId = await createPayment(gateway, { key, shopId, mark: 'paid' });
    const transactionId = await startBlik(gateway, { key, paymentId: paidId });
    const query =
      'mutation { giveNotice { ... on GiveNoticeSuccess { replayed merchant { status contract { endsAt } } } ... on Refusal { code } } }';
    const notice = async () => (await ask<{ giveNotice: Outcome }>(gateway, query, { key })).data.giveNotice;
    expect(await notice()).toMatchObject({ replayed: false, merchant: { status: 'NOTICE' } });
    expect(await notice()).toMatchObject({ replayed: true });
    await pass(merchantId, 29);
    const openId = await createPayment(gateway, { key, shopId, mark: 'open' });
    await pass(merchantId, 2);
    await becomes({ merchantId, secret }, 'TERMINATED');
    await expect(createPayment(gateway, { key, shopId, mark: 'late' })).rejects.toThrow('MERCHANT_NOT_ACTIVE');
    await expect(startBlik(gateway, { key, paymentId: openId })).rejects.toThrow('MERCHANT_NOT_ACTIVE');
    const input = { transactionId, idempotencyKey: 'r', amount: 100 };
    const refund = async () => (await runMutation(gateway, { name: 'createRefund', input, key })).__typename;
    await expect.poll(refund, { timeout: 10_000 }).toBe('CreateRefundSuccess');
    expect(await notice()).toEqual({ code: 'MERCHANT_NOT_ACTIVE' });
    expect(await claim({ merchantId, secret })).toMatchObject({ code: 'WRONG_STATE' });
  });
});

describe('What a shop cannot change by itself', () => {
  it.each([
    [{ settlement: 'WEEKLY' }, 'SETTLEMENT_FIXED', ['settlement']],
    [{ url: 'https://other.example' }, 'ADDRESS_BY_MESSAGE', ['url']],
  ])('is refused by name: %j', async (change, code, field) => {
    const { shopId, apiKey: key } = gateway.demo;
    expect(await run('updateShop', { shopId, ...change }, { key })).toMatchObject({ code, field });
  });

  it('is changed by a message that an operator approves, or is not', async () => {
    const { shopId, apiKey: key, operatorKey } = gateway.demo;
    const send = (input: object) =>
      run(
        'sendMessage',
        { idempotencyKey: randomUUID(), text: 'We have moved.', ...input },
        { key, select: 'supportMessage { id status }' },
      );
    const idOf = async (sent: Promise<Outcome>) => ((await sent).supportMessage as { id: string }).id;
    const answer = (messageId: string, decision: string, text?: string) =>
      run(
        'answerMessage',
        { messageId, decision, answer: text },
        { key: operatorKey, select: 'supportMessage { status answer }' },
      );
    const urlOf = async () => (await gateway.database.prisma.shop.findUniqueOrThrow({ where: { id: shopId } })).url;
    expect(await send({ newUrl: 'https://new.example' })).toMatchObject({ code: 'INVALID_INPUT', field: ['shopId'] });
    expect(await send({ shopId: randomUUID(), newUrl: 'https://new.example' })).toMatchObject({ code: 'NOT_FOUND' });
    const asked = await idOf(send({ shopId, newUrl: 'https://new.example' }));
    expect(await urlOf()).toBeNull();
    expect(await answer(asked, 'ANSWER', 'Thanks.')).toMatchObject({ code: 'WRONG_STATE' });
    expect(await answer(asked, 'APPROVE')).toMatchObject({ supportMessage: { status: 'APPROVED' } });
    expect(await urlOf()).toBe('https://new.example');
    expect(await answer(asked, 'REFUSE', 'No.')).toMatchObject({ code: 'WRONG_STATE' });
    const refused = await idOf(send({ shopId, newUrl: 'https://casino.example' }));
    expect(await answer(refused, 'REFUSE')).toMatchObject({ code: 'INVALID_INPUT', field: ['answer'] });
    await answer(refused, 'REFUSE', 'We do not serve casinos.');
    expect(await urlOf()).toBe('https://new.example');
    await answer(await idOf(send({})), 'ANSWER', 'Good luck.');
    expect((await mine(key, 'messages { status answer }')).messages).toEqual([
      { status: 'ANSWERED', answer: 'Good luck.' },
      { status: 'REFUSED', answer: 'We do not serve casinos.' },
      { status: 'APPROVED', answer: null },
    ]);
  });
});

it('leaves an entry of the audit log for each deed, in a chain that holds', async () => {
  const { rows } = await gateway.database.pool.query<{ action: string }>(
    'select distinct action from audit_entry order by action',
  );
  expect(rows.map(({ action }) => action)).toEqual([
    ...['ACTIVATE', 'ACTIVATE_SHOP', 'ANSWER_MESSAGE', 'APPLY', 'APPROVE_MESSAGE', 'CANCEL_PAYOUT_ACCOUNT'],
    ...[
      'CHANGE_PAYOUT_ACCOUNT',
      'CLAIM_ACCESS',
      'CLOSE_SHOP',
      'CREATE_OPERATOR_KEY',
      'GIVE_NOTICE',
      'HOLD_APPLICATION',
    ],
    ...['HOLD_SHOP', 'REFUSE_APPLICATION', 'REFUSE_MESSAGE', 'REFUSE_SHOP', 'RELEASE_APPLICATION', 'RELEASE_SHOP'],
    ...[
      'REQUEST_PAYOUT_ACCOUNT',
      'REQUEST_SHOP_ADDRESS',
      'RESUME_SHOP',
      'SIGN',
      'SUBMIT_SHOP',
      'SUSPEND_SHOP',
      'TERMINATE',
    ],
  ]);
  expect(await verifyLog(gateway.database, { expected: undefined, onFault: () => undefined })).toMatchObject({
    faults: 0,
  });
});
