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
  type MovementOf,
  neverAborted,
  wordsAfter,
} from './under-test.ts';

const refused = { kind: 'rejected', code: expect.stringMatching(/./) };

function capture({ acquirer, movement }: AcquirerUnderTest, of: MovementOf): Promise<MovementAnswer> {
  return acquirer.move(movement('capture', of), neverAborted());
}

/** Orders a void, and gives what became of it in the end: whether it was done at once or told later is the acquirer's own. */
async function release(under: AcquirerUnderTest, of: MovementOf): Promise<MovementAnswer> {
  const { acquirer, movement, letPass } = under;
  const wish = movement('void', of);
  const answer = await acquirer.move(wish, neverAborted());
  await letPass(long);
  const end = await acquirer.movementStatus(wish.reference, neverAborted());
  const word = { about: 'void', reference: wish.reference, answer: end };
  const told = wordsAfter(under, 0).filter(({ reference }) => reference === wish.reference);
  expect(told).toEqual(answer.kind === 'pending' ? [word] : []);
  if (answer.kind !== 'pending') expect(end).toEqual(answer);
  // Said once more, it is the same void.
  expect(await acquirer.move(wish, neverAborted())).toEqual(end);
  return end;
}

/** How an acquirer releases what it has authorised. */
export function voidContract(make: Make): void {
  it('releases all, so that nothing can be captured or released once more, and none was taken', async () => {
    const { under, order } = await authorized(make);
    const of = { transaction: order.reference, amount: order.amount };
    expect(await release(under, of)).toEqual({ kind: 'settled' });
    expect(await under.acquirer.status(order.reference, neverAborted())).not.toMatchObject({ kind: 'authorized' });
    expect(await release(under, of)).toEqual(refused);
    expect(await capture(under, { ...of, amount: 1n })).toEqual(refused);
    expect(await under.acquirer.move(under.refund('settled', { ...of, amount: 1n }), neverAborted())).toEqual(refused);
    await under.acquirer.cancel(order.reference, neverAborted());
    const told = under.sent.length;
    await under.letPass(long);
    expect(under.sent).toHaveLength(told);
  });

  it('releases what captures have left, and keeps what they took', async () => {
    const { under, order } = await authorized(make);
    const { acquirer, refund, letPass } = under;
    const of = (amount: bigint): MovementOf => ({ transaction: order.reference, amount });
    await capture(under, of(order.amount - 400n));
    await letPass(long);
    expect(await release(under, of(400n))).toEqual({ kind: 'settled' });
    expect(await capture(under, of(1n))).toEqual(refused);
    expect(await acquirer.move(refund('settled', of(order.amount - 399n)), neverAborted())).toEqual(refused);
    expect(await acquirer.move(refund('settled', of(order.amount - 400n)), neverAborted())).toEqual({
      kind: 'pending',
    });
  });

  it('releases no more than it holds, and nothing once all was captured', async () => {
    const { under, order } = await authorized(make);
    const of = { transaction: order.reference, amount: order.amount };
    expect(await release(under, { ...of, amount: order.amount + 1n })).toEqual(refused);
    expect((await capture(under, of)).kind).toBe('pending');
    expect(await release(under, of)).toEqual(refused);
    expect(await release(under, { ...of, amount: 1n })).toEqual(refused);
    expect(countWords(under, 'capture')).toBe(1);
  });

  it('either captures or releases when it is asked for both at once', async () => {
    const { under, order } = await authorized(make);
    const { acquirer, movement, letPass } = under;
    const of = { transaction: order.reference, amount: order.amount };
    const wishes = [movement('capture', of), movement('void', of), movement('capture', of), movement('void', of)];
    await Promise.all(wishes.map((wish) => acquirer.move(wish, neverAborted())));
    await letPass(long);
    const ends = await Promise.all(wishes.map(({ reference }) => acquirer.movementStatus(reference, neverAborted())));
    expect(ends.map(({ kind }) => kind).sort()).toEqual(['rejected', 'rejected', 'rejected', 'settled']);
  });

  it('releases once what is sent twice at once', async () => {
    const { under, order } = await authorized(make);
    const { acquirer, movement } = under;
    const wish = movement('void', { transaction: order.reference, amount: order.amount });
    const answers = await Promise.all([acquirer.move(wish, neverAborted()), acquirer.move(wish, neverAborted())]);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0]).not.toEqual(refused);
  });

  it('gives up a void without an answer when it is told to, and knows it when it is asked', async () => {
    const { under, order } = await authorized(make, { voids: 'silent' });
    const { acquirer, movement, letPass, sent } = under;
    const of = { transaction: order.reference, amount: order.amount };
    const wish = movement('void', of);
    const told = sent.length;
    const call = giveUpOnceHeard(
      (patience) => acquirer.move(wish, patience),
      () => acquirer.movementStatus(wish.reference, neverAborted()),
    );
    await expect(call).rejects.toThrow('no more patience');
    await letPass(long);
    expect(sent).toHaveLength(told);
    expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual({ kind: 'settled' });
    expect(await capture(under, of)).toEqual(refused);
  });

  it('refuses at once what it does not hold: an unknown order, one not decided yet, refused, or taken already', async () => {
    const under = await make();
    const { acquirer, order, letPass } = under;
    const waiting = order('paid-late', { captureMode: 'MANUAL' });
    const no = order('rejected', { captureMode: 'MANUAL' });
    const takenAtOnce = order('settled');
    for (const wish of [waiting, no, takenAtOnce]) await acquirer.start(wish, neverAborted());
    await letPass(long);
    for (const transaction of [randomUUID(), waiting.reference, no.reference, takenAtOnce.reference]) {
      expect(await release(under, { transaction, amount: 1n })).toEqual(refused);
    }
    expect(countWords(under, 'void')).toBe(0);
    const back = under.refund('settled', { transaction: takenAtOnce.reference, amount: takenAtOnce.amount });
    expect(await acquirer.move(back, neverAborted())).toEqual({ kind: 'pending' });
  });
}
