import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { MovementAnswer } from '../../src/acquirers/port.ts';
import {
  type AcquirerUnderTest,
  authorized,
  countWords,
  giveUpOnceHeard,
  long,
  type Make,
  neverAborted,
  paid,
  threeDays,
  wordsAfter,
} from './under-test.ts';

const refused = { kind: 'rejected', code: expect.stringMatching(/./) };

/** Orders a capture of an order, and gives the answer. */
function capture({ acquirer, movement }: AcquirerUnderTest, transaction: string, amount: bigint) {
  return acquirer.move(movement('capture', { transaction, amount }), neverAborted());
}

const isRefused = ({ kind }: MovementAnswer): boolean => kind === 'rejected';

/** How an acquirer takes money that it has authorised, all or in parts. */
export function captureContract(make: Make): void {
  it('never heard of a capture that was not sent', async () => {
    const { acquirer, movement } = await make();
    const { reference } = movement('capture', { transaction: randomUUID(), amount: 1n });
    expect(await acquirer.movementStatus(reference, neverAborted())).toEqual({ kind: 'unheard' });
  });

  it('takes all that is authorised, and tells when it has', async () => {
    const { under, order } = await authorized(make);
    const { acquirer, movement, letPass, sent } = under;
    const wish = movement('capture', { transaction: order.reference, amount: order.amount });
    const told = sent.length;
    expect(await acquirer.move(wish, neverAborted())).toEqual({ kind: 'pending' });
    expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual({ kind: 'pending' });
    expect(sent).toHaveLength(told);
    await letPass(long);
    expect(wordsAfter(under, told)).toEqual([
      { about: 'capture', reference: wish.reference, answer: { kind: 'settled' } },
    ]);
    expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual({ kind: 'settled' });
    expect(await capture(under, order.reference, 1n)).toEqual(refused);
  });

  it('takes parts of it up to the last unit, and not one more', async () => {
    const { under, order } = await authorized(make);
    const { reference, amount } = order;
    expect(isRefused(await capture(under, reference, amount + 1n))).toBe(true);
    expect(isRefused(await capture(under, reference, amount / 2n))).toBe(false);
    await under.letPass(long);
    expect(await capture(under, reference, amount - amount / 2n + 1n)).toEqual(refused);
    expect(isRefused(await capture(under, reference, 1n))).toBe(false);
    expect(await capture(under, reference, amount - amount / 2n)).toEqual(refused);
    expect(isRefused(await capture(under, reference, amount - amount / 2n - 1n))).toBe(false);
    expect(await capture(under, reference, 1n)).toEqual(refused);
    await under.letPass(long);
    expect(await capture(under, reference, 1n)).toEqual(refused);
    expect(countWords(under, 'capture')).toBe(3);
  });

  it('never takes more than it authorised, though many ask at once', async () => {
    const { under, order } = await authorized(make);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => capture(under, order.reference, order.amount / 3n)),
    );
    expect(answers.filter(isRefused)).toHaveLength(5);
    await under.letPass(long);
    expect(countWords(under, 'capture')).toBe(3);
  });

  it('takes a capture that is sent twice, even at once, only once', async () => {
    const { under, order } = await authorized(make);
    const { acquirer, movement, letPass } = under;
    const half = order.amount / 2n;
    const wish = movement('capture', { transaction: order.reference, amount: order.amount - half });
    const first = await Promise.all([acquirer.move(wish, neverAborted()), acquirer.move(wish, neverAborted())]);
    expect(first).toEqual([{ kind: 'pending' }, { kind: 'pending' }]);
    await letPass(long);
    expect(await acquirer.move(wish, neverAborted())).toEqual({ kind: 'settled' });
    expect(countWords(under, 'capture')).toBe(1);
    // Had it been counted twice, the rest would be too much.
    expect(isRefused(await capture(under, order.reference, half))).toBe(false);
  });

  it('may refuse in its answer, and has then taken nothing', async () => {
    const { under, order } = await authorized(make, { captures: 'rejected' });
    const { acquirer, movement, refund, letPass, sent } = under;
    const of = { transaction: order.reference, amount: order.amount };
    const wish = movement('capture', of);
    const told = sent.length;
    const answer = await acquirer.move(wish, neverAborted());
    expect(answer).toEqual(refused);
    await letPass(long);
    expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual(answer);
    expect(await acquirer.move(wish, neverAborted())).toEqual(answer);
    expect(sent).toHaveLength(told);
    expect(await acquirer.move(refund('settled', of), neverAborted())).toEqual(refused);
    // What was not taken is still there to be released.
    const released = await acquirer.move(movement('void', of), neverAborted());
    expect(isRefused(released)).toBe(false);
  });

  it('gives up a capture without an answer when it is told to, and knows it when it is asked', async () => {
    const { under, order } = await authorized(make, { captures: 'silent' });
    const { acquirer, movement, letPass, sent } = under;
    const wish = movement('capture', { transaction: order.reference, amount: order.amount });
    const told = sent.length;
    const call = giveUpOnceHeard(
      (patience) => acquirer.move(wish, patience),
      () => acquirer.movementStatus(wish.reference, neverAborted()),
    );
    await expect(call).rejects.toThrow('no more patience');
    await letPass(long);
    expect(sent).toHaveLength(told);
    expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual({ kind: 'settled' });
  });

  it('takes nothing for a capture that was given up before it began', async () => {
    const { under, order } = await authorized(make);
    const { acquirer, movement } = under;
    const wish = movement('capture', { transaction: order.reference, amount: order.amount });
    await expect(acquirer.move(wish, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual({ kind: 'unheard' });
    expect(isRefused(await capture(under, order.reference, order.amount))).toBe(false);
  });

  it('refuses at once what was never authorised: an unknown order, one not decided yet, refused, or taken already', async () => {
    const under = await make();
    const { acquirer, movement, order, letPass } = under;
    const waiting = order('paid-late', { captureMode: 'MANUAL' });
    const no = order('rejected', { captureMode: 'MANUAL' });
    const takenAtOnce = order('settled');
    for (const wish of [waiting, no, takenAtOnce]) await acquirer.start(wish, neverAborted());
    await letPass(long);
    for (const transaction of [randomUUID(), waiting.reference, no.reference, takenAtOnce.reference]) {
      const wish = movement('capture', { transaction, amount: 1n });
      const answer = await acquirer.move(wish, neverAborted());
      expect(answer).toEqual(refused);
      expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual(answer);
    }
    await letPass(threeDays);
    expect(countWords(under, 'capture')).toBe(0);
  });

  it('gives back what captures have taken, and not what is only authorised or on its way', async () => {
    const { under, order } = await authorized(make);
    const { acquirer, refund, letPass } = under;
    const of = (amount: bigint) => ({ transaction: order.reference, amount });
    const ask = (amount: bigint) => acquirer.move(refund('settled', of(amount)), neverAborted());
    expect(await ask(1n)).toEqual(refused);
    await capture(under, order.reference, 300n);
    expect(await ask(1n)).toEqual(refused);
    await letPass(long);
    expect(await ask(301n)).toEqual(refused);
    expect(await ask(100n)).toEqual({ kind: 'pending' });
    expect(await ask(201n)).toEqual(refused);
    expect(await ask(200n)).toEqual({ kind: 'pending' });
  });
}

/** What an acquirer says of captures and voids that takes all money at once. */
export function noCaptureContract(make: Make): void {
  it.each(['capture', 'void'] as const)('refuses every %s, and the money stays where it is', async (kind) => {
    const { under, order } = await paid(make, 'AUTOMATIC');
    const { acquirer, movement, refund, letPass } = under;
    const waiting = under.order('paid-late');
    await acquirer.start(waiting, neverAborted());
    for (const transaction of [order.reference, waiting.reference, randomUUID()]) {
      const wish = movement(kind, { transaction, amount: 1n });
      const answer = await acquirer.move(wish, neverAborted());
      expect(answer).toEqual(refused);
      expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual(answer);
    }
    await letPass(long);
    expect(countWords(under, kind)).toBe(0);
    const all = refund('settled', { transaction: order.reference, amount: order.amount });
    expect(await acquirer.move(all, neverAborted())).toEqual({ kind: 'pending' });
  });
}
