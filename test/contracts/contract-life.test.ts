import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyLog } from '../../src/audit/verify-log.ts';
import { runMutation } from '../graphql/run-mutation.ts';
import { createPayment, startBlik } from '../graphql/world.ts';
import { type Answer, ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Access, application, type ContractWorld, type Outcome, openWorld } from './world.ts';

let gateway: TestGateway;
let world: ContractWorld;

beforeAll(async () => {
  gateway = await startTestGateway();
  world = openWorld(gateway);
});

afterAll(() => gateway.stop());

describe('An application', () => {
  it('is signed by a sole trader himself, takes effect after working hours, and gives keys that sell', async () => {
    const applicant = await world.apply();
    expect(await world.follow(applicant)).toMatchObject({ status: 'APPLIED', activeFrom: null });
    expect(await world.claim(applicant)).toMatchObject({ code: 'WRONG_STATE' });
    const signed = await world.sign(applicant);
    expect(signed).toMatchObject({ application: { status: 'SIGNED', activeFrom: expect.any(String) } });
    expect(await world.sign(applicant)).toEqual(signed);
    await world.pass(applicant.merchantId, 7);
    await world.becomes(applicant, 'ACTIVE');
    const access = (await world.claim(applicant)) as unknown as Access;
    expect(access).toMatchObject({
      merchantId: applicant.merchantId,
      serviceKey: expect.stringMatching(/^[\w-]{36}$/),
    });
    expect(await world.claim(applicant)).toMatchObject({ code: 'ACCESS_CLAIMED' });
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
      await world.mine(access.apiKey, 'status nip contract { settlement endsAt } payoutAccounts { currency iban }'),
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
    const all = await Promise.all([1, 2, 3].map(() => world.run('applyForContract', input, { select })));
    expect(new Set(all.map(({ secret }) => secret)).size).toBe(1);
    expect(all.filter(({ replayed }) => replayed === false)).toHaveLength(1);
    expect(await world.run('applyForContract', { ...input, name: 'Jan' })).toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
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
    expect(await world.run('applyForContract', application(changes))).toMatchObject({ code: 'INVALID_INPUT', field });
  });

  it('is shown to nobody without its secret', async () => {
    const [one, other] = [await world.apply(), await world.apply()];
    for (const stranger of [
      { ...one, secret: other.secret },
      { ...one, secret: '' },
      { merchantId: gateway.demo.merchantId, secret: one.secret },
    ]) {
      expect(await world.follow(stranger)).toEqual({ code: 'NOT_FOUND' });
      expect(await world.sign(stranger)).toMatchObject({ code: 'NOT_FOUND' });
      expect(await world.claim(stranger)).toMatchObject({ code: 'NOT_FOUND' });
    }
  });

  it('is not shown by GET, whose address would hold the secret', async () => {
    const { merchantId, secret } = await world.apply();
    const query = `{ application(merchantId: "${merchantId}", secret: "${secret}") { name } }`;
    const response = await fetch(`${gateway.url}/graphql?query=${encodeURIComponent(query)}`);
    const { data, errors } = (await response.json()) as { data: unknown; errors: { extensions: object }[] };
    expect([data, errors[0]?.extensions]).toEqual([null, { code: 'INVALID_INPUT', field: ['secret'] }]);
  });

  it('of another legal form is signed with the bank, can be held, goes on when it is released', async () => {
    const applicant = await world.apply({ legalForm: 'LIMITED_COMPANY' });
    const { merchantId } = applicant;
    expect(await world.sign(applicant)).toMatchObject({ code: 'WRONG_STATE' });
    expect(await world.review(merchantId, 'HOLD')).toMatchObject({ code: 'INVALID_INPUT', field: ['reason'] });
    expect(await world.review(merchantId, 'HOLD', 'We ask for a copy of the register.')).toMatchObject({
      application: { status: 'APPLIED' },
    });
    expect(await world.review(merchantId, 'CONFIRM_SIGNATURE', 'Signed at our branch.')).toMatchObject({
      application: { status: 'SIGNED' },
    });
    const entry = await gateway.database.prisma.auditEntry.findFirst({ where: { merchantId, action: 'SIGN' } });
    expect(entry?.data).toEqual({ dueAt: expect.any(String), reason: 'Signed at our branch.' });
    expect(await world.follow(applicant)).toMatchObject({
      status: 'SIGNED',
      heldReason: 'We ask for a copy of the register.',
    });
    await world.pass(merchantId, 7);
    const timers = await gateway.database.prisma.timer.count({ where: { subject: merchantId } });
    expect(timers).toBe(0);
    await world.review(merchantId, 'RELEASE');
    await world.becomes(applicant, 'ACTIVE');
    expect(await world.review(merchantId, 'REFUSE', 'Too late.')).toMatchObject({ code: 'WRONG_STATE' });
  });

  it('is refused with a reason, for good, and its shop with it', async () => {
    const applicant = await world.apply();
    await world.sign(applicant);
    await world.review(applicant.merchantId, 'REFUSE', 'The company is struck off.');
    expect(await world.follow(applicant)).toMatchObject({ status: 'REFUSED', reason: 'The company is struck off.' });
    expect(await world.sign(applicant)).toMatchObject({ code: 'WRONG_STATE' });
    const shops = await gateway.database.prisma.shop.findMany({ where: { merchantId: applicant.merchantId } });
    expect(shops).toMatchObject([{ status: 'REFUSED', statusReason: 'The company is struck off.' }]);
    expect(await gateway.database.prisma.timer.count({ where: { subject: applicant.merchantId } })).toBe(0);
  });
});

describe('A further shop', () => {
  it('is submitted, opens after working hours, and is suspended, resumed and closed by operators', async () => {
    const { merchantId, apiKey: key } = await world.settle();
    const input = { idempotencyKey: 'second', name: 'Talerze', url: 'https://talerze.example' };
    const submit = (more = {}) =>
      world.run('submitShop', { ...input, ...more }, { key, select: 'replayed shop { id status activeFrom }' });
    const { shop } = (await submit()) as unknown as { shop: { id: string; status: string } };
    expect(shop).toMatchObject({ status: 'SUBMITTED', activeFrom: expect.any(String) });
    expect(await submit()).toMatchObject({ replayed: true, shop });
    expect(await submit({ name: 'Miski' })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    expect(await world.reviewShop(shop.id, 'HOLD', 'Show us the terms of sale.')).toMatchObject({
      shop: { heldReason: 'Show us the terms of sale.' },
    });
    expect(await world.reviewShop(shop.id, 'RESUME')).toMatchObject({ code: 'WRONG_STATE' });
    await world.reviewShop(shop.id, 'RELEASE');
    await world.pass(merchantId, 7);
    await expect.poll(() => world.statusOf(shop.id), { timeout: 10_000 }).toBe('ACTIVE');
    await createPayment(gateway, { key, shopId: shop.id, mark: 'second' });
    expect(await world.reviewShop(shop.id, 'CLOSE', 'x')).toMatchObject({ code: 'WRONG_STATE' });
    await world.reviewShop(shop.id, 'SUSPEND', 'Complaints.');
    await expect(createPayment(gateway, { key, shopId: shop.id, mark: 'third' })).rejects.toThrow('SHOP_NOT_ACTIVE');
    await world.reviewShop(shop.id, 'RESUME');
    await createPayment(gateway, { key, shopId: shop.id, mark: 'fourth' });
    await world.reviewShop(shop.id, 'SUSPEND', 'Complaints.');
    expect(await world.reviewShop(shop.id, 'CLOSE', 'Too many.')).toMatchObject({
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
    const { apiKey: key } = await world.settle();
    const input = { idempotencyKey: 'x', name: 'Noże', url: 'https://noze.example' };
    const { shop } = (await world.run('submitShop', input, { key, select: 'shop { id }' })) as unknown as {
      shop: { id: string };
    };
    expect(await world.reviewShop(shop.id, 'REFUSE', 'Not sold here.')).toMatchObject({
      shop: { status: 'REFUSED', reason: 'Not sold here.' },
    });
    expect(await gateway.database.prisma.timer.count({ where: { subject: shop.id } })).toBe(0);
  });
});

describe('A payout account', () => {
  const iban = 'PL74999000090000000000000001';

  it('is changed after the cooling-off, from the moment that was promised', async () => {
    const { merchantId, apiKey: key } = await world.settle();
    const request = (more = {}) =>
      world.run(
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
    await world.pass(merchantId, 7);
    await expect
      .poll(async () => (await world.mine(key, 'payoutAccountChanges { status }')).payoutAccountChanges, {
        timeout: 10_000,
      })
      .toEqual([{ status: 'IN_FORCE' }]);
    expect((await world.mine(key, 'payoutAccounts { iban validFrom validUntil }')).payoutAccounts).toMatchObject([
      { iban, validFrom: change.inForceFrom, validUntil: null },
      { iban: 'PL61109010140000071219812874', validUntil: change.inForceFrom },
    ]);
    expect(await cancel(key, change.id)).toMatchObject({ code: 'WRONG_STATE' });
  });

  it('stays as it is when the change is cancelled in time', async () => {
    const { merchantId, apiKey: key } = await world.settle();
    const input = { idempotencyKey: '1', currency: 'EUR', iban };
    const { change } = (await world.run('requestPayoutAccount', input, {
      key,
      select: 'change { id }',
    })) as unknown as {
      change: { id: string };
    };
    expect(await cancel(gateway.demo.apiKey, change.id)).toMatchObject({ code: 'NOT_FOUND' });
    for (const _ of [1, 2]) expect(await cancel(key, change.id)).toMatchObject({ change: { status: 'CANCELLED' } });
    await world.pass(merchantId, 7);
    expect(await gateway.database.prisma.timer.count({ where: { subject: change.id } })).toBe(0);
    expect((await world.mine(key, 'payoutAccounts { currency }')).payoutAccounts).toEqual([{ currency: 'PLN' }]);
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
    const { merchantId, shopId, apiKey: key, secret } = await world.settle();
    const paidId = await createPayment(gateway, { key, shopId, mark: 'paid' });
    const transactionId = await startBlik(gateway, { key, paymentId: paidId });
    const query =
      'mutation { giveNotice { ... on GiveNoticeSuccess { replayed merchant { status contract { endsAt } } } ... on Refusal { code } } }';
    const notice = async () => (await ask<{ giveNotice: Outcome }>(gateway, query, { key })).data.giveNotice;
    expect(await notice()).toMatchObject({ replayed: false, merchant: { status: 'NOTICE' } });
    expect(await notice()).toMatchObject({ replayed: true });
    await world.pass(merchantId, 29);
    const openId = await createPayment(gateway, { key, shopId, mark: 'open' });
    await world.pass(merchantId, 2);
    await world.becomes({ merchantId, secret }, 'TERMINATED');
    await expect(createPayment(gateway, { key, shopId, mark: 'late' })).rejects.toThrow('MERCHANT_NOT_ACTIVE');
    await expect(startBlik(gateway, { key, paymentId: openId })).rejects.toThrow('MERCHANT_NOT_ACTIVE');
    const input = { transactionId, idempotencyKey: 'r', amount: 100 };
    const refund = async () => (await runMutation(gateway, { name: 'createRefund', input, key })).__typename;
    await expect.poll(refund, { timeout: 10_000 }).toBe('CreateRefundSuccess');
    expect(await notice()).toEqual({ code: 'MERCHANT_NOT_ACTIVE' });
    expect(await world.claim({ merchantId, secret })).toMatchObject({ code: 'WRONG_STATE' });
  });

  it('refuses shops that still wait for their review when it is over, with a reason, and tells of it', async () => {
    const settled = await world.settle();
    const { merchantId, apiKey: key } = settled;
    const input = { idempotencyKey: 'further', name: 'Talerze', url: 'https://talerze.example' };
    await ask(gateway, 'mutation { giveNotice { __typename } }', { key });
    await world.pass(merchantId, 29);
    const { shop: submitted } = (await world.run('submitShop', input, { key, select: 'shop { id }' })) as {
      shop?: { id: string };
    };
    await world.reviewShop(submitted?.id ?? '', 'HOLD', 'Show us the terms of sale.');
    await world.pass(merchantId, 7);
    await world.becomes(settled, 'TERMINATED');
    const query = '{ shop(id: "ID") { status reason activeFrom heldReason } }'.replace('ID', submitted?.id ?? '');
    expect((await ask(gateway, query, { key })).data).toEqual({
      shop: { status: 'REFUSED', reason: 'The contract has ended.', activeFrom: null, heldReason: null },
    });
    const { rows } = await gateway.database.pool.query('select type from event where shop_id = $1', [submitted?.id]);
    expect(rows).toEqual([{ type: 'SHOP_REFUSED' }]);
  });
});

describe('What a shop cannot change by itself', () => {
  it.each([
    [{ settlement: 'WEEKLY' }, 'SETTLEMENT_FIXED', ['settlement']],
    [{ settlement: null }, 'SETTLEMENT_FIXED', ['settlement']],
    [{ url: 'https://other.example' }, 'ADDRESS_BY_MESSAGE', ['url']],
    [{ url: null }, 'ADDRESS_BY_MESSAGE', ['url']],
  ])('is refused by name: %j', async (change, code, field) => {
    const { shopId, apiKey: key } = gateway.demo;
    expect(await world.run('updateShop', { shopId, ...change }, { key })).toMatchObject({ code, field });
  });

  it('is changed by a message that an operator approves, or is not', async () => {
    const { shopId, apiKey: key, operatorKey } = gateway.demo;
    const send = (input: object) =>
      world.run(
        'sendMessage',
        { idempotencyKey: randomUUID(), text: 'We have moved.', ...input },
        { key, select: 'supportMessage { id status }' },
      );
    const idOf = async (sent: Promise<Outcome>) => ((await sent).supportMessage as { id: string }).id;
    const answer = (messageId: string, decision: string, text?: string) =>
      world.run(
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
    await answer(await idOf(send({ text: 'Dear bank,\nwe have moved.' })), 'ANSWER', 'Thanks.\nGood luck.');
    expect((await world.mine(key, 'messages { status answer }')).messages).toEqual([
      { status: 'ANSWERED', answer: 'Thanks.\nGood luck.' },
      { status: 'REFUSED', answer: 'We do not serve casinos.' },
      { status: 'APPROVED', answer: null },
    ]);
  });

  it('is asked for and answered by the clock of the merchant, also in a message about no shop', async () => {
    const { merchantId, apiKey: key } = await world.settle();
    const input = { idempotencyKey: 'x', text: 'Hello.' };
    const sent = await world.run('sendMessage', input, { key, select: 'supportMessage { id }' });
    const { id: messageId } = sent.supportMessage as { id: string };
    const answer = { messageId, decision: 'ANSWER', answer: 'Good day.' };
    await world.run('answerMessage', answer, { key: gateway.demo.operatorKey });
    const { prisma } = gateway.database;
    const row = await prisma.supportMessage.findUniqueOrThrow({ where: { id: messageId } });
    const entry = await prisma.auditEntry.findFirstOrThrow({ where: { subject: `message:${messageId}`, merchantId } });
    // His clock is seven days ahead.
    const ahead = Date.now() + 6 * 86_400_000;
    for (const at of [row.createdAt, row.updatedAt, entry.at]) expect(at.getTime()).toBeGreaterThan(ahead);
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
