import { expect, it } from 'vitest';
import type { CaptureMode } from '../../src/kernel/db/generated/prisma/enums.ts';
import { giveUpOnceHeard, long, type Make, neverAborted, taken, wordsAfter } from './under-test.ts';

const tooLate = new Error('too late');

/** What an acquirer does for a caller who waits for an answer no longer. */
export function patienceContract(make: Make, captureMode: CaptureMode): void {
  it('gives up a call without an answer when it is told to, and knows the order when it is asked', async () => {
    const { acquirer, order, letPass, sent } = await make();
    const wish = order('silent', { captureMode });
    const call = giveUpOnceHeard(
      (patience) => acquirer.start(wish, patience),
      () => acquirer.status(wish.reference, neverAborted()),
    );
    await expect(call).rejects.toThrow('no more patience');
    await letPass(long);
    expect(sent).toEqual([]);
    expect(await acquirer.status(wish.reference, neverAborted())).toEqual(taken(wish));
  });

  it('gives up every call that takes too long, whatever it asks', async () => {
    const { acquirer, order, refund, whileSlow } = await make();
    const known = order('settled', { captureMode });
    await acquirer.start(known, neverAborted());
    const { reference } = known;
    const begun = order('settled', { captureMode });
    const back = refund('settled', { transaction: reference, amount: 1n });
    const anyDay = { from: new Date(0), before: new Date(0) };
    const calls: Record<string, (signal: AbortSignal) => Promise<unknown>> = {
      start: (signal) => acquirer.start(begun, signal),
      status: (signal) => acquirer.status(reference, signal),
      cancel: (signal) => acquirer.cancel(reference, signal),
      move: (signal) => acquirer.move(back, signal),
      movementStatus: (signal) => acquirer.movementStatus(reference, signal),
      dayFile: (signal) => acquirer.dayFile(anyDay, signal),
    };
    for (const [name, call] of Object.entries(calls)) {
      await expect(call(AbortSignal.abort(tooLate)), name).rejects.toBe(tooLate);
    }
    expect(await acquirer.status(begun.reference, neverAborted())).toEqual({ kind: 'unheard' });
    expect(await acquirer.movementStatus(back.reference, neverAborted())).toEqual({ kind: 'unheard' });
    const patience = new AbortController();
    await whileSlow(async () => {
      const given = Object.entries(calls).map(([name, call]) =>
        expect(call(patience.signal), name).rejects.toBe(tooLate),
      );
      patience.abort(tooLate);
      await Promise.all(given);
    });
    // What it began goes on.
    while ((await acquirer.status(begun.reference, neverAborted())).kind === 'unheard');
    while ((await acquirer.movementStatus(back.reference, neverAborted())).kind === 'unheard');
  });

  it('takes an order once though its answer came too late and it was sent again', async () => {
    const under = await make();
    const { acquirer, order, letPass, whileSlow } = under;
    const wish = order('settled', { captureMode });
    const patience = new AbortController();
    await whileSlow(async () => {
      const failure = expect(acquirer.start(wish, patience.signal)).rejects.toBe(tooLate);
      patience.abort(tooLate);
      await failure;
    });
    while ((await acquirer.status(wish.reference, neverAborted())).kind === 'unheard');
    expect(await acquirer.start(wish, neverAborted())).toMatchObject({ kind: 'pending' });
    await letPass(long);
    expect(wordsAfter(under, 0)).toEqual([{ about: 'transaction', reference: wish.reference, answer: taken(wish) }]);
    expect(await acquirer.status(wish.reference, neverAborted())).toEqual(taken(wish));
  });

  it('takes nothing for a call that was given up before it began', async () => {
    const { acquirer, order } = await make();
    const wish = order('settled', { captureMode });
    await expect(acquirer.start(wish, AbortSignal.abort(tooLate))).rejects.toBe(tooLate);
    expect(await acquirer.status(wish.reference, neverAborted())).toEqual({ kind: 'unheard' });
  });
}
