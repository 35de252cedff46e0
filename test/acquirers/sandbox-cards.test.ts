import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { StartOrder } from '../../src/acquirers/port.ts';
import { openSandboxVault } from '../../src/cards/open-vault.ts';
import { sandboxApplePay, sandboxGooglePay } from '../../src/cards/sandbox-keys.ts';
import { sealTestCards } from '../../src/cards/seal-test-cards.ts';
import { tokeniseWallet } from '../../src/cards/tokenise-wallet.ts';
import type { Database } from '../../src/kernel/db/database.ts';
import { createMerchant } from '../support/factories.ts';
import { type CardDesk, openCardDesk } from './card-desk.ts';
import { openForEach } from './open-for-each.ts';
import { publicUrl } from './sandbox-gateway.ts';

let database: Database;
let desk: CardDesk;

openForEach(async (opened) => {
  database = opened;
  desk = await openCardDesk(opened);
});

const second = { ms: 1_000 };
const tenMinutes = { ms: 10 * 60_000 };
const sevenDays = { ms: 7 * 24 * 3_600_000 };
const paid = { kind: 'settled', amount: 10_000n };
const failedChallenge = { kind: 'rejected', reason: 'AUTHENTICATION_FAILED', code: 'CODE_570' };
const noCard = { kind: 'rejected', reason: 'CARD_INVALID', code: 'CODE_14' };

const approve = ({ reference }: StartOrder) => desk.acquirer.decideOrder({ reference, decision: 'approve' });
const refuse = ({ reference }: StartOrder) => desk.acquirer.decideOrder({ reference, decision: 'refuse' });
const page = ({ reference }: StartOrder) => desk.acquirer.findPayerOrder(reference);
const answers = () => desk.words().map(({ answer }) => answer);

/** Orders 100.00 PLN with a card whose number is given. */
async function pay(number: string, values: Partial<StartOrder> = {}) {
  return desk.pay({ cardToken: await desk.tokenise(number), ...values });
}

describe.each([
  ['4012001037141112', undefined],
  ['4000000000000655', 'CODE_SD'],
])('The challenge of the card %s', (number, softDecline) => {
  const challenge = () => pay(number);

  it('is shown on a page of the sandbox, and the money is taken once the payer approves', async () => {
    const { order, answer } = await challenge();
    const redirect = { url: `${publicUrl}/sandbox/${order.reference}`, httpMethod: 'GET', fields: [] };
    const pending = { kind: 'pending', redirect, ...(softDecline ? { softDecline } : {}) };
    expect(answer).toEqual(pending);
    expect(await desk.status(order)).toEqual(pending);
    const shown = { kind: 'challenge', channel: 'ecom3ds', amount: 10_000n, currency: 'PLN', isOpen: true };
    expect(await page(order)).toMatchObject(shown);
    await approve(order);
    expect(await page(order)).toMatchObject({ isOpen: false });
    await desk.letPass({ ms: 999 });
    expect(desk.sent).toEqual([]);
    await desk.letPass({ ms: 1 });
    expect(answers()).toEqual([paid]);
    await desk.letPass(tenMinutes);
    expect(answers()).toEqual([paid]);
  });

  it('fails when the payer refuses, whatever he does then', async () => {
    const { order } = await challenge();
    await refuse(order);
    await approve(order);
    await desk.letPass(second);
    await approve(order);
    await desk.letPass(tenMinutes);
    expect(answers()).toEqual([failedChallenge]);
    expect(await desk.status(order)).toEqual(failedChallenge);
  });

  it('waits for ten minutes', async () => {
    const { order } = await challenge();
    await desk.letPass({ ms: tenMinutes.ms - 1 });
    expect(await page(order)).toMatchObject({ isOpen: true });
    await approve(order);
    await desk.letPass(second);
    expect(answers()).toEqual([paid]);
  });

  it('fails when the payer has walked away for ten minutes, and cannot be passed any more', async () => {
    const { order } = await challenge();
    expect(await desk.letPass(tenMinutes)).toEqual(['sandbox-cards-lapse']);
    expect(await page(order)).toMatchObject({ isOpen: false });
    await approve(order);
    await desk.letPass(tenMinutes);
    expect(answers()).toEqual([failedChallenge]);
    expect(await desk.status(order)).toEqual(failedChallenge);
  });

  it('is over when the order is stopped', async () => {
    const { order } = await challenge();
    await desk.acquirer.cancel(order.reference, new AbortController().signal);
    expect(await page(order)).toMatchObject({ isOpen: false });
    await approve(order);
    await desk.letPass(tenMinutes);
    expect(answers()).toEqual([]);
    expect(await desk.status(order)).toMatchObject({ kind: 'rejected', code: 'CODE_05' });
  });
});

describe('A token', () => {
  it.each([
    ['that nobody gave', randomUUID()],
    ['that is no token', 'AUTHORIZED'],
    ['that is missing', undefined],
  ])('%s is no card', async (_, cardToken) => {
    for (const captureMode of ['AUTOMATIC', 'MANUAL'] as const) {
      expect((await desk.pay({ cardToken, captureMode })).answer).toEqual(noCard);
    }
  });

  it('of another merchant is no card, and pays at its own', async () => {
    const other = { merchantId: await createMerchant(database), clockOffsetMs: 0 };
    const cardToken = await desk.tokenise('4111111111111111', other);
    expect((await desk.pay({ cardToken })).answer).toEqual(noCard);
    expect((await desk.pay({ cardToken, ...other })).answer).toEqual(paid);
  });

  it('of a number that is not published is no card, since it may be somebody’s', async () => {
    expect((await pay('4242424242424242')).answer).toEqual(noCard);
  });

  it('pays again and again, each time another order', async () => {
    const cardToken = await desk.tokenise('4111111111111111');
    const orders = [await desk.pay({ cardToken }), await desk.pay({ cardToken, amount: 1n })];
    expect(orders.map(({ answer }) => answer)).toEqual([paid, { kind: 'settled', amount: 1n }]);
  });

  it.each(['gpay', 'applepay'] as const)('of %s is played as the card in the wallet', async (wallet) => {
    const { clock, merchant } = desk;
    const deps = { vault: openSandboxVault(database), clock, googlePay: sandboxGooglePay, applePay: [sandboxApplePay] };
    const { merchantId } = merchant;
    const expiresAt = new Date(clock.now().getTime() + 3_600_000);
    const wish = { merchantId, amount: 10_000n, currency: 'PLN', expiresAt } as const;
    const seen: string[] = [];
    for (const sealed of sealTestCards(wallet, wish)) {
      const made = await tokeniseWallet(deps, merchant, { channel: wallet, token: sealed.token });
      if ('problem' in made) throw new Error(made.problem);
      const { answer } = await desk.pay({ channel: wallet, cardToken: made.card.token });
      seen.push(`${sealed.last4} ${answer.kind}`);
    }
    expect(seen).toEqual(['1111 settled', '1112 pending', '0515 rejected', '0005 silent']);
  });
});

describe('An authorisation', () => {
  it('can be captured for seven days from when it was given, not from when the payer was sent to the challenge', async () => {
    const { order } = await pay('4012001037141112', { captureMode: 'MANUAL' });
    await desk.letPass({ ms: tenMinutes.ms - 1 });
    await approve(order);
    await desk.letPass({ ms: sevenDays.ms - 1 });
    expect((await desk.move('capture', order, 1n)).answer).toEqual({ kind: 'pending' });
    await desk.letPass({ ms: 1 });
    expect((await desk.move('capture', order, 1n)).answer).toEqual({ kind: 'rejected', code: 'CODE_57' });
    expect((await desk.move('void', order, 1n)).answer).toEqual({ kind: 'rejected', code: 'CODE_57' });
    await desk.letPass(second);
    // What was captured before stays captured.
    expect((await desk.move('refund', order, 1n)).answer).toEqual({ kind: 'pending' });
  });

  it('says with codes of cards why a movement is refused', async () => {
    const { order } = await pay('4111111111111111', { captureMode: 'MANUAL' });
    const nowhere = { ...order, reference: randomUUID() };
    const codes: string[] = [];
    for (const [kind, of, amount] of [
      ['capture', nowhere, 1n],
      ['capture', order, 10_001n],
      ['void', nowhere, 1n],
      ['void', order, 10_001n],
      ['refund', nowhere, 1n],
      ['refund', order, 1n],
    ] as const) {
      const { answer, status } = await desk.move(kind, of, amount);
      codes.push(answer.kind === 'rejected' ? answer.code : answer.kind);
      expect(await status()).toEqual(answer);
    }
    expect(codes).toEqual(['CODE_12', 'CODE_13', 'CODE_12', 'CODE_13', 'CODE_12', 'CODE_13']);
  });

  it('whose capture was refused is still there, and can be released', async () => {
    const { order } = await pay('4000000007000104', { captureMode: 'MANUAL' });
    expect((await desk.move('capture', order, 10_000n)).answer).toEqual({ kind: 'rejected', code: 'CODE_57' });
    expect((await desk.move('capture', order, 1n)).answer).toEqual({ kind: 'rejected', code: 'CODE_57' });
    expect((await desk.move('void', order, 10_000n)).answer).toEqual({ kind: 'settled' });
  });

  it('is not authorised twice by a card that would have paid after it was cancelled', async () => {
    const { order } = await pay('4000000007000039', { captureMode: 'MANUAL' });
    await desk.acquirer.cancel(order.reference, new AbortController().signal);
    await desk.letPass({ ms: 5_000 });
    expect((await desk.move('void', order, 10_000n)).answer).toEqual({ kind: 'settled' });
    expect(await desk.status(order)).toMatchObject({ kind: 'rejected' });
    await desk.letPass(sevenDays);
    expect(answers()).toEqual([{ kind: 'authorized', amount: 10_000n }]);
  });
});
