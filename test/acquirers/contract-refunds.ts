import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { CaptureMode } from '../../src/kernel/db/generated/prisma/enums.ts';
import {
  countWords,
  giveUpOnceHeard,
  long,
  type Make,
  type MovementOf,
  neverAborted,
  paid,
  threeDays,
  wordsAfter,
} from './under-test.ts';

/** How an acquirer gives money back that it has taken. */
export function refundContract(make: Make, captureMode: CaptureMode): void {
  it('never heard of a refund that was not sent', async () => {
    const { acquirer, refund } = await make();
    const { reference } = refund('settled', { transaction: randomUUID(), amount: 1n });
    expect(await acquirer.movementStatus(reference, neverAborted())).toEqual({ kind: 'unheard' });
  });

  it('takes a refund of a settled order and tells when the money was given back', async () => {
    const { under, order } = await paid(make, captureMode);
    const { acquirer, refund, letPass, sent } = under;
    const wish = refund('settled', { transaction: order.reference, amount: order.amount });
    const told = sent.length;
    const before = await acquirer.status(order.reference, neverAborted());
    expect(await acquirer.move(wish, neverAborted())).toEqual({ kind: 'pending' });
    expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual({ kind: 'pending' });
    expect(sent).toHaveLength(told);
    await letPass(long);
    expect(wordsAfter(under, told)).toEqual([
      { about: 'refund', reference: wish.reference, answer: { kind: 'settled' } },
    ]);
    expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual({ kind: 'settled' });
    expect(await acquirer.status(order.reference, neverAborted())).toEqual(before);
    if (captureMode === 'AUTOMATIC') expect(before).toEqual({ kind: 'settled', amount: order.amount });
  });

  it('gives a refund back once that is sent twice, even at once', async () => {
    const { under, order } = await paid(make, captureMode);
    const { acquirer, refund, letPass, sent } = under;
    const half = order.amount / 2n;
    const wish = refund('settled', { transaction: order.reference, amount: order.amount - half });
    const told = sent.length;
    const first = await Promise.all([acquirer.move(wish, neverAborted()), acquirer.move(wish, neverAborted())]);
    await letPass(long);
    expect(first).toEqual([{ kind: 'pending' }, { kind: 'pending' }]);
    expect(await acquirer.move(wish, neverAborted())).toEqual({ kind: 'settled' });
    expect(sent).toHaveLength(told + 1);
    // Had it been counted twice, the rest would be too much.
    const rest = refund('settled', { transaction: order.reference, amount: half });
    expect(await acquirer.move(rest, neverAborted())).toEqual({ kind: 'pending' });
  });

  it('gives back what is left to the last unit, and not one more', async () => {
    const { under, order } = await paid(make, captureMode);
    const { acquirer, refund } = under;
    const of = (amount: bigint): MovementOf => ({ transaction: order.reference, amount });
    expect(await acquirer.move(refund('settled', of(1n)), neverAborted())).toEqual({ kind: 'pending' });
    const tooMuch = await acquirer.move(refund('settled', of(order.amount)), neverAborted());
    expect(tooMuch).toMatchObject({ kind: 'rejected' });
    const rest = await acquirer.move(refund('settled', of(order.amount - 1n)), neverAborted());
    expect(rest).toEqual({ kind: 'pending' });
    const none = await acquirer.move(refund('settled', of(1n)), neverAborted());
    expect(none).toMatchObject({ kind: 'rejected' });
  });

  it('never promises more than it took, though many ask at once', async () => {
    const { under, order } = await paid(make, captureMode);
    const { acquirer, refund } = under;
    const wishes = Array.from({ length: 8 }, () =>
      refund('settled', { transaction: order.reference, amount: order.amount / 3n }),
    );
    const answers = await Promise.all(wishes.map((wish) => acquirer.move(wish, neverAborted())));
    expect(answers.filter(({ kind }) => kind === 'pending')).toHaveLength(3);
    expect(answers.filter(({ kind }) => kind === 'rejected')).toHaveLength(5);
  });

  it('refuses at once what it never took: an unknown order, one not settled yet, one that was refused', async () => {
    const under = await make();
    const { acquirer, order, refund, letPass } = under;
    const [waiting, refused] = [order('paid-late', { captureMode }), order('rejected', { captureMode })];
    await acquirer.start(waiting, neverAborted());
    await acquirer.start(refused, neverAborted());
    await letPass(long);
    for (const transaction of [randomUUID(), waiting.reference, refused.reference]) {
      const wish = refund('settled', { transaction, amount: 1n });
      const answer = await acquirer.move(wish, neverAborted());
      expect(answer).toMatchObject({ kind: 'rejected', code: expect.stringMatching(/./) });
      expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual(answer);
    }
    await letPass(threeDays);
    expect(countWords(under, 'refund')).toBe(0);
  });

  it('may refuse in its answer, and the money can be asked for again', async () => {
    const { under, order } = await paid(make, captureMode);
    const { acquirer, refund, letPass, sent } = under;
    const of = { transaction: order.reference, amount: order.amount };
    const told = sent.length;
    const wish = refund('rejected', of);
    const answer = await acquirer.move(wish, neverAborted());
    expect(answer).toMatchObject({ kind: 'rejected', code: expect.stringMatching(/./) });
    await letPass(threeDays);
    expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual(answer);
    expect(sent).toHaveLength(told);
    expect(await acquirer.move(refund('settled', of), neverAborted())).toEqual({ kind: 'pending' });
  });

  it('may refuse days after it has accepted, and the money can be asked for again', async () => {
    const { under, order } = await paid(make, captureMode);
    const { acquirer, refund, letPass, sent } = under;
    const of = { transaction: order.reference, amount: order.amount };
    const told = sent.length;
    const wish = refund('rejected-late', of);
    expect(await acquirer.move(wish, neverAborted())).toEqual({ kind: 'pending' });
    await letPass(long);
    expect(sent).toHaveLength(told);
    expect(await acquirer.move(refund('settled', of), neverAborted())).toMatchObject({ kind: 'rejected' });
    await letPass(threeDays);
    const [word] = wordsAfter(under, told);
    expect(word).toMatchObject({ about: 'refund', reference: wish.reference, answer: { kind: 'rejected' } });
    expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual(word?.answer);
    expect(await acquirer.move(refund('settled', of), neverAborted())).toEqual({ kind: 'pending' });
  });

  it('may tell of a refund twice, and both tellings read the same', async () => {
    const { under, order } = await paid(make, captureMode);
    const { acquirer, refund, letPass, sent } = under;
    const wish = refund('told-twice', { transaction: order.reference, amount: 1n });
    const told = sent.length;
    await acquirer.move(wish, neverAborted());
    await letPass(long);
    const word = { about: 'refund', reference: wish.reference, answer: { kind: 'settled' } };
    expect(wordsAfter(under, told)).toEqual([word, word]);
  });

  it('gives up a refund without an answer when it is told to, and knows it when it is asked', async () => {
    const { under, order } = await paid(make, captureMode);
    const { acquirer, refund, letPass, sent } = under;
    const wish = refund('silent', { transaction: order.reference, amount: order.amount });
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

  it('gives nothing back for a refund that was given up before it began', async () => {
    const { under, order } = await paid(make, captureMode);
    const { acquirer, refund } = under;
    const wish = refund('settled', { transaction: order.reference, amount: 1n });
    await expect(acquirer.move(wish, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual({ kind: 'unheard' });
  });
}
