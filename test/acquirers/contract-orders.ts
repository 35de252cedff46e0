import { expect, it } from 'vitest';
import type { CaptureMode } from '../../src/kernel/db/generated/prisma/enums.ts';
import { long, type Make, neverAborted, taken, wordsAfter } from './under-test.ts';

/** How an acquirer takes orders and says what became of them. */
export function orderContract(make: Make, captureMode: CaptureMode): void {
  it('never heard of an order that was not sent', async () => {
    const { acquirer, order } = await make();
    const { reference } = order('settled', { captureMode });
    expect(await acquirer.status(reference, neverAborted())).toEqual({ kind: 'unheard' });
    await acquirer.cancel(reference, neverAborted());
    expect(await acquirer.status(reference, neverAborted())).toEqual({ kind: 'unheard' });
  });

  it('takes an order and tells the money it took, the amount in full', async () => {
    const under = await make();
    const { acquirer, order, letPass, sent } = under;
    const wish = order('settled', { captureMode });
    const answer = await acquirer.start(wish, neverAborted());
    expect(answer.kind).toBe('pending');
    expect(await acquirer.status(wish.reference, neverAborted())).toEqual(answer);
    expect(sent).toEqual([]);
    await letPass(long);
    expect(wordsAfter(under, 0)).toEqual([{ about: 'transaction', reference: wish.reference, answer: taken(wish) }]);
    expect(await acquirer.status(wish.reference, neverAborted())).toEqual(taken(wish));
  });

  it('keeps orders apart, and every digit of the smallest and the largest amount', async () => {
    const under = await make();
    const wishes = [1n, 999_999_999n].map((amount) => under.order('settled', { captureMode, amount }));
    for (const wish of wishes) await under.acquirer.start(wish, neverAborted());
    await under.letPass(long);
    for (const wish of wishes) {
      expect(wordsAfter(under, 0).filter(({ reference }) => reference === wish.reference)).toEqual([
        { about: 'transaction', reference: wish.reference, answer: taken(wish) },
      ]);
      expect(await under.acquirer.status(wish.reference, neverAborted())).toEqual(taken(wish));
    }
    expect(wishes.map(({ amount }) => amount)).toEqual([1n, 999_999_999n]);
  });

  it('tells a refusal with a reason of ours and its own code', async () => {
    const under = await make();
    const { acquirer, order, letPass } = under;
    const wish = order('rejected', { captureMode });
    await acquirer.start(wish, neverAborted());
    await letPass(long);
    const words = wordsAfter(under, 0);
    const refused = { kind: 'rejected', reason: expect.stringMatching(/./), code: expect.stringMatching(/./) };
    expect(words).toEqual([{ about: 'transaction', reference: wish.reference, answer: refused }]);
    expect(await acquirer.status(wish.reference, neverAborted())).toEqual(words[0]?.answer);
  });

  it('takes an order that is sent twice, even at once, only once', async () => {
    const { acquirer, order, letPass, sent } = await make();
    const wish = order('settled', { captureMode });
    const [first, second] = await Promise.all([
      acquirer.start(wish, neverAborted()),
      acquirer.start(wish, neverAborted()),
    ]);
    expect(second).toEqual(first);
    await letPass({ ms: 30 });
    expect(await acquirer.start(wish, neverAborted())).toEqual(first);
    await letPass(long);
    expect(sent).toHaveLength(1);
    expect(await acquirer.start(wish, neverAborted())).toEqual(taken(wish));
    await letPass(long);
    expect(sent).toHaveLength(1);
  });
}
