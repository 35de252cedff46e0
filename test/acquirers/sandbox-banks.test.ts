import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { StartOrder } from '../../src/acquirers/port.ts';
import { createSandboxBanks } from '../../src/acquirers/sandbox-banks/acquirer.ts';
import { createSandboxCards } from '../../src/acquirers/sandbox-cards/acquirer.ts';
import type { Database } from '../../src/kernel/db/database.ts';
import { bankChannels } from '../../src/shops/model.ts';
import { openForEach } from './open-for-each.ts';
import { publicUrl } from './sandbox-gateway.ts';
import { movementFor, orderFor, type Simulated, simulate } from './simulated.ts';
import { neverAborted } from './under-test.ts';

let database: Database;
let banks: Simulated;

openForEach(async (opened) => {
  database = opened;
  banks = await simulate(opened, createSandboxBanks);
});

const second = { ms: 1_000 };
const halfAnHour = { ms: 30 * 60_000 };
const refused = { kind: 'rejected', reason: 'PAYER_DECLINED', code: 'PBL_DECLINED' };
const lapsed = { kind: 'rejected', reason: 'NOT_CONFIRMED', code: 'PBL_NOT_CONFIRMED' };

/** Sends a payer of 123.45 PLN to his bank. */
async function send(values: Partial<StartOrder> = {}): Promise<StartOrder> {
  const order = orderFor(banks.clock, { channel: 'mtransfer', amount: 12_345n, ...banks.merchant, ...values });
  await banks.acquirer.start(order, neverAborted());
  return order;
}

const status = ({ reference }: StartOrder) => banks.acquirer.status(reference, neverAborted());
const approve = ({ reference }: StartOrder) => banks.acquirer.decideOrder({ reference, decision: 'approve' });
const refuse = ({ reference }: StartOrder) => banks.acquirer.decideOrder({ reference, decision: 'refuse' });
const page = ({ reference }: StartOrder) => banks.acquirer.findPayerOrder(reference);
const answers = () => banks.words().map(({ answer }) => answer);

describe('Every simulated bank', () => {
  it('is one of pay-by-link, and all of those are simulated', () => {
    expect(banks.acquirer.channels).toEqual(bankChannels);
  });

  it.each(bankChannels)('%s sends its payer to a page, and tells the amount once he approves', async (channel) => {
    const order = orderFor(banks.clock, { channel, amount: 12_345n, ...banks.merchant, shopName: 'Buty i spółka' });
    const redirect = { url: `${publicUrl}/sandbox/${order.reference}`, httpMethod: 'GET', fields: [] };
    expect(await banks.acquirer.start(order, neverAborted())).toEqual({ kind: 'pending', redirect });
    const shown = { kind: 'bank', channel, amount: 12_345n, currency: 'PLN', shopName: 'Buty i spółka' };
    expect(await page(order)).toMatchObject({ ...shown, returnUrl: order.returnUrl, isOpen: true });
    await approve(order);
    expect(await page(order)).toMatchObject({ ...shown, isOpen: false });
    await banks.letPass({ ms: 999 });
    expect(banks.sent).toEqual([]);
    await banks.letPass({ ms: 1 });
    const answer = { kind: 'settled', amount: 12_345n };
    expect(banks.words()).toEqual([{ about: 'transaction', reference: order.reference, answer }]);
    expect(await status(order)).toEqual(answer);
  });
});

describe('The page of a bank', () => {
  it('is there for its own orders alone, and only when the payer decides them', async () => {
    const cards = await simulate(database, (deps) => createSandboxCards(deps, async (token) => token));
    const values = { channel: 'ecom3ds', cardToken: 'CHALLENGE_AUTHORIZED', ...cards.merchant } as const;
    const challenged = orderFor(cards.clock, values);
    await cards.acquirer.start(challenged, neverAborted());
    const failing = await send({ title: 'TEST-100010' });
    expect(await page(await send())).toBeDefined();
    for (const reference of [challenged.reference, failing.reference, randomUUID()]) {
      expect(await banks.acquirer.findPayerOrder(reference)).toBeUndefined();
      await banks.acquirer.decideOrder({ reference, decision: 'approve' });
    }
    await banks.letPass(second);
    expect(banks.words()).toEqual([{ about: 'transaction', reference: failing.reference, answer: { kind: 'failed' } }]);
    expect(await cards.acquirer.status(challenged.reference, neverAborted())).toMatchObject({ kind: 'pending' });
  });
});

describe('A payer at his bank', () => {
  it('may refuse, which is told after a second', async () => {
    const order = await send();
    await refuse(order);
    expect(await status(order)).toEqual(refused);
    expect(await page(order)).toMatchObject({ isOpen: false });
    await banks.letPass({ ms: 999 });
    expect(banks.sent).toEqual([]);
    await banks.letPass({ ms: 1 });
    expect(answers()).toEqual([refused]);
    await banks.letPass(halfAnHour);
    expect(answers()).toEqual([refused]);
  });

  it('may walk away and come back, for half an hour', async () => {
    const order = await send();
    await banks.letPass({ ms: halfAnHour.ms - 1 });
    expect(await status(order)).toMatchObject({ kind: 'pending' });
    expect(await page(order)).toMatchObject({ isOpen: true });
    await approve(order);
    await banks.letPass(second);
    expect(answers()).toEqual([{ kind: 'settled', amount: 12_345n }]);
  });

  it('has not confirmed when the half hour is over, and cannot any more', async () => {
    const order = await send();
    expect(await banks.letPass(halfAnHour)).toEqual(['sandbox-banks-lapse']);
    expect(answers()).toEqual([lapsed]);
    expect(await page(order)).toMatchObject({ isOpen: false });
    await approve(order);
    await banks.letPass(halfAnHour);
    expect(await status(order)).toEqual(lapsed);
    expect(answers()).toEqual([lapsed]);
  });

  it('lives by the clock of the shop’s merchant', async () => {
    const order = await send();
    const sql = 'update merchant set clock_offset_ms = $2 where id = $1';
    await database.pool.query(sql, [banks.merchant.merchantId, halfAnHour.ms]);
    await banks.letPass({ ms: 0 });
    expect(await status(order)).toEqual(lapsed);
  });

  it.each([
    ['approves', approve, refuse, { kind: 'settled', amount: 12_345n }],
    ['refuses', refuse, approve, refused],
  ] as const)('decides once: what he does after he %s changes nothing', async (_, first, then, answer) => {
    const order = await send();
    await first(order);
    await then(order);
    await first(order);
    await banks.letPass(second);
    await then(order);
    await banks.letPass(halfAnHour);
    expect(answers()).toEqual([answer]);
    expect(await status(order)).toEqual(answer);
  });

  it('decides once also when he presses both buttons at the same time', async () => {
    const order = await send();
    await Promise.all([approve(order), refuse(order), approve(order), refuse(order)]);
    await banks.letPass(halfAnHour);
    expect(answers()).toEqual([await status(order)]);
    expect(['settled', 'rejected']).toContain((await status(order)).kind);
  });

  it('has paid when he approves at the last moment, though the bank is just about to give him up', async () => {
    const order = await send();
    await approve(order);
    const lapse = banks.acquirer.jobs['sandbox-banks-lapse'];
    await lapse?.({ subject: order.reference, round: 0 });
    await banks.letPass(halfAnHour);
    const settled = { kind: 'settled', amount: 12_345n };
    expect(await status(order)).toEqual(settled);
    // Told at once and once more a second after his decision.
    expect(answers()).toEqual([settled, settled]);
  });

  it('has paid when he approves after the shop gave the payment up, since a transfer cannot be recalled', async () => {
    const order = await send();
    await banks.letPass({ ms: 10 * 60_000 });
    await banks.acquirer.cancel(order.reference, neverAborted());
    expect(await page(order)).toMatchObject({ isOpen: true });
    await banks.letPass({ ms: 5 * 60_000 });
    await approve(order);
    await banks.letPass(second);
    expect(answers()).toEqual([{ kind: 'settled', amount: 12_345n }]);
  });
});

describe('The simulated banks', () => {
  it('know nothing of what another acquirer was asked, and do nothing with it', async () => {
    const cards = await simulate(database, (deps) => createSandboxCards(deps, async (token) => token));
    const values = { channel: 'ecom3ds', cardToken: 'AUTHORIZED', captureMode: 'MANUAL', ...cards.merchant } as const;
    const order = orderFor(cards.clock, values);
    const { reference: transaction, amount } = order;
    await cards.acquirer.start(order, neverAborted());
    const capture = movementFor(cards, { kind: 'capture', transaction, amount });
    await cards.acquirer.move(capture, neverAborted());
    expect(await status(order)).toEqual({ kind: 'unheard' });
    expect(await banks.acquirer.movementStatus(capture.reference, neverAborted())).toEqual({ kind: 'unheard' });
    await banks.acquirer.cancel(transaction, neverAborted());
    await banks.acquirer.jobs['sandbox-banks-tell-movement']?.({ subject: capture.reference });
    await banks.acquirer.jobs['sandbox-banks-tell']?.({ subject: transaction });
    expect(banks.sent).toEqual([]);
    const refund = movementFor(banks, { kind: 'refund', transaction, amount: 1n });
    const unknown = { kind: 'rejected', code: 'PBL_TRANSFER_UNKNOWN' };
    expect(await banks.acquirer.move(refund, neverAborted())).toEqual(unknown);
    expect(await cards.acquirer.status(transaction, neverAborted())).toEqual({ kind: 'authorized', amount });
    expect(await cards.acquirer.movementStatus(capture.reference, neverAborted())).toEqual({ kind: 'pending' });
    await expect(banks.acquirer.start(order, neverAborted())).rejects.toThrow('Another simulated acquirer');
    await expect(banks.acquirer.move(capture, neverAborted())).rejects.toThrow('Another simulated acquirer');
  });

  it('remember orders and decisions when their process has died', async () => {
    const order = await send();
    const reborn = await simulate(database, createSandboxBanks);
    const { reference } = order;
    expect(await reborn.acquirer.status(reference, neverAborted())).toEqual(await status(order));
    await reborn.acquirer.decideOrder({ reference, decision: 'approve' });
    await banks.letPass(second);
    expect(answers()).toEqual([{ kind: 'settled', amount: 12_345n }]);
  });

  it.each([
    ['TEST-100012', { kind: 'settled', amount: 12_345n }, 0],
    ['TEST-100010', { kind: 'failed' }, 1],
  ] as const)('decide by themselves about the title %s', async (title, answer, told) => {
    const order = orderFor(banks.clock, { channel: 'ing', amount: 12_345n, ...banks.merchant, title });
    const patience = new AbortController();
    const call = banks.acquirer.start(order, patience.signal).catch(() => undefined);
    while ((await status(order)).kind === 'unheard');
    patience.abort();
    await call;
    await banks.letPass(second);
    expect(await status(order)).toEqual(answer);
    expect(banks.sent).toHaveLength(told);
  });

  it('write a transfer into the file of the day on which its payer approved it', async () => {
    // It is eleven o'clock in Warsaw; the payers come at 23:50 and five minutes after midnight.
    await banks.letPass({ ms: (12 * 60 + 50) * 60_000 });
    const [early, late] = [await send({ amount: 1n }), await send({ amount: 999_999_999n })];
    const [gone, no] = [await send(), await send()];
    await approve(early);
    await refuse(no);
    await banks.letPass({ ms: 15 * 60_000 });
    await approve(late);
    await banks.letPass(halfAnHour);
    const midnights = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04'].map((day) => new Date(`${day}T23:00Z`));
    const ours = new Set([early, late, gone, no].map(({ reference }) => reference));
    const days = await Promise.all(
      midnights.slice(1).map(async (before, place) => {
        const lines = await banks.acquirer.dayFile({ from: midnights[place] as Date, before }, neverAborted());
        return lines.filter(({ reference }) => ours.has(reference));
      }),
    );
    const line = { kind: 'sale', currency: 'PLN' };
    expect(days).toEqual([
      [{ ...line, reference: early.reference, amount: 1n, at: new Date('2026-03-02T22:50:00Z') }],
      [{ ...line, reference: late.reference, amount: 999_999_999n, at: new Date('2026-03-02T23:05:00Z') }],
      [],
    ]);
  });
});
