import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { posted } from '../http/world.ts';
import { createPayment, updateShop } from '../start/pay.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { allMethods, draw, markupOf, settled, type Wishes } from './views.ts';

const open: Wishes['otherMoney'] = { label: 'mBank', arrived: false };
const arrived: Wishes['otherMoney'] = { label: 'mBank', arrived: true };
const returnTo = { url: 'https://shop.example/ok', automatic: true };

describe('While a transfer that was replaced may still bring money', () => {
  it('a refused attempt after it promises nothing, and the page listens', () => {
    const page = draw({ methods: allMethods, attempt: { number: 2 }, otherMoney: open, moneyMayCome: true });
    expect(page).not.toContain('No money was taken.');
    expect(page).toContain('Do not confirm the payment with mBank any more');
    expect(page).toContain('do not pay again, and wait for the result');
    expect(page).toContain('data-events="/pay/1/events" data-status="NEW.REJECTED.2" data-self="/pay/1"');
  });

  it('a paid payment warns, listens, and still leads back to the shop', () => {
    const page = draw({ ...settled, otherMoney: open, moneyMayCome: true, returnTo });
    expect(page).toContain('If you have confirmed it already, the money comes twice');
    expect(page).toContain('data-events="/pay/1/events" data-status="SETTLED.SETTLED.1"');
    expect(page).toContain('data-after="5"');
  });

  it('a payment that is over promises nothing', () => {
    const page = draw({
      payment: { status: 'CANCELLED' },
      attempt: { status: 'REJECTED' },
      otherMoney: open,
      moneyMayCome: true,
    });
    expect(page).not.toContain('No money was taken.');
    expect(page).toContain('it may still go through');
  });

  it('the next attempt warns where the payer waits for it', () => {
    const page = draw({
      payment: { status: 'PENDING' },
      attempt: { status: 'PENDING' },
      otherMoney: open,
      moneyMayCome: true,
    });
    expect(page).toContain('Do not confirm the payment with mBank any more');
  });
});

describe('A payment that was paid twice', () => {
  it('says so, says what can be done, and sends nobody away', () => {
    const page = markupOf(draw({ ...settled, otherMoney: arrived, returnTo }));
    expect(page).toContain('You paid twice');
    expect(page).toContain('Another PLN 123.45 came with mBank');
    expect(page).not.toMatch(/data-after|http-equiv|data-events/);
    expect(page).toContain('href="https://shop.example/ok"');
  });
});

describe('The page on which a running attempt can be replaced', () => {
  it('turns when that attempt ends meanwhile', () => {
    const page = draw({
      ...{ methods: allMethods, replacing: true, payment: { status: 'PENDING' } },
      attempt: { status: 'PENDING', label: 'mBank' },
    });
    expect(page).toContain('data-status="PENDING.PENDING.1" data-self="/pay/1"');
  });
});

describe('A payer who approves at his bank after he has paid by card', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway();
    await updateShop(gateway, { sandboxDelayMs: 0 });
  });
  afterAll(() => gateway.stop());

  const send = (address: string, fields: Record<string, string>) =>
    fetch(new URL(address, gateway.url), {
      ...posted({ attempt: randomBytes(16).toString('base64url'), ...fields }),
      redirect: 'manual',
    });
  const show = async (path: string) => (await fetch(`${gateway.url}${path}`)).text();

  async function payTwice(): Promise<{ readonly id: string; readonly bank: string }> {
    const { payment } = await createPayment(gateway, { idempotencyKey: randomUUID() });
    const id = payment?.id ?? '';
    const bank = (await send(`/pay/${id}/bank`, { channel: 'mtransfer' })).headers.get('location') ?? '';
    const card = { number: '4111 1111 1111 1111', expiry: '12/29', cvv: '123', name: 'Jan Kowalski' };
    await send(`/pay/${id}/card`, { ...card, supersede: '1' });
    return { id, bank };
  }

  it('hears of it on the page that he has open, and the shop can give the second sum back', async () => {
    const { id, bank } = await payTwice();
    expect(await show(`/pay/${id}?lang=en`)).toContain('Do not confirm the payment with mBank any more');
    const news = show(`/pay/${id}/events`);
    await send(bank, { decision: 'approve' });
    const marks = [...(await news).matchAll(/^data: (.*)$/gm)].map(([, mark]) => mark);
    expect(marks).toEqual(['SETTLED.SETTLED.2', 'SETTLED.SETTLED.2.TWICE']);
    expect(await show(`/pay/${id}?lang=en`)).toContain('You paid twice');
    await refund(await surplusOf(id));
    expect(await show(`/pay/${id}?lang=en`)).not.toContain('You paid twice');
  });

  it('is offered another method first, and no bank is chosen for him', async () => {
    const { payment } = await createPayment(gateway, { idempotencyKey: randomUUID() });
    await send(`/pay/${payment?.id}/bank`, { channel: 'mtransfer' });
    const page = await show(`/pay/${payment?.id}/other?lang=en`);
    expect(page).toMatch(/<details name="method" class="way" open>\s*<summary>BLIK/);
    expect(page).toContain('value="mtransfer" required>');
    // A traditional transfer is the only one of its kind, so that there is nothing to choose.
    expect(page.match(/value="(\w+)" required checked/g)).toEqual(['value="wt" required checked']);
  });

  async function surplusOf(paymentId: string): Promise<string> {
    const query = 'query ($id: ID!) { payment(id: $id) { transactions { edges { node { id surplus } } } } }';
    type Found = { payment: { transactions: { edges: { node: { id: string; surplus: boolean } }[] } } };
    const { data } = await ask<Found>(gateway, query, { variables: { id: paymentId } });
    return data.payment.transactions.edges.find(({ node }) => node.surplus)?.node.id ?? '';
  }

  async function refund(transactionId: string): Promise<void> {
    const query = 'mutation ($input: CreateRefundInput!) { createRefund(input: $input) { __typename } }';
    const input = { transactionId, amount: 1234, idempotencyKey: randomUUID() };
    const { data } = await ask(gateway, query, { variables: { input } });
    expect(data).toEqual({ createRefund: { __typename: 'CreateRefundSuccess' } });
  }
});
