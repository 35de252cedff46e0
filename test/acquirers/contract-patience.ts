import { expect, it } from 'vitest';
import type { CaptureMode } from '../../src/kernel/db/generated/prisma/enums.ts';
import { giveUpOnceHeard, long, type Make, neverAborted, taken } from './under-test.ts';

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

  it('takes nothing for a call that was given up before it began', async () => {
    const { acquirer, order } = await make();
    const wish = order('settled', { captureMode });
    await expect(acquirer.start(wish, AbortSignal.abort(tooLate))).rejects.toBe(tooLate);
    expect(await acquirer.status(wish.reference, neverAborted())).toEqual({ kind: 'unheard' });
  });
}
