import { expect, it } from 'vitest';
import type { Capabilities } from '../../src/acquirers/port.ts';
import type { CaptureMode } from '../../src/kernel/db/generated/prisma/enums.ts';
import { authorized, long, type Make, neverAborted, paid, taken, wordsAfter } from './under-test.ts';

/** What becomes of an order when the acquirer is told to stop it. */
export function stopContract(make: Make, { mode, stopsOrders }: Capabilities & { readonly mode: CaptureMode }): void {
  if (stopsOrders) {
    it('takes no money for an order that was cancelled in time', async () => {
      const { acquirer, order, letPass, sent } = await make();
      const wish = order('settled', { captureMode: mode });
      await acquirer.start(wish, neverAborted());
      await acquirer.cancel(wish.reference, neverAborted());
      await acquirer.cancel(wish.reference, neverAborted());
      await letPass(long);
      expect(sent).toEqual([]);
      expect(await acquirer.status(wish.reference, neverAborted())).toMatchObject({ kind: 'rejected' });
    });
  } else {
    it('takes the money of an order all the same when it is cancelled, since it stops none', async () => {
      const under = await make();
      const wish = under.order('settled', { captureMode: mode });
      const answer = await under.acquirer.start(wish, neverAborted());
      await under.acquirer.cancel(wish.reference, neverAborted());
      await under.acquirer.cancel(wish.reference, neverAborted());
      expect(await under.acquirer.status(wish.reference, neverAborted())).toEqual(answer);
      await under.letPass(long);
      expect(wordsAfter(under, 0)).toEqual([{ about: 'transaction', reference: wish.reference, answer: taken(wish) }]);
      expect(await under.acquirer.status(wish.reference, neverAborted())).toEqual(taken(wish));
    });
  }

  it('keeps the money of an order that is cancelled too late', async () => {
    const { under, order } = await paid(make, mode);
    const { acquirer, letPass, sent, refund } = under;
    const told = sent.length;
    await acquirer.cancel(order.reference, neverAborted());
    await letPass(long);
    expect(sent).toHaveLength(told);
    if (mode === 'AUTOMATIC') expect(await acquirer.status(order.reference, neverAborted())).toEqual(taken(order));
    const back = refund('settled', { transaction: order.reference, amount: order.amount });
    expect(await acquirer.move(back, neverAborted())).toEqual({ kind: 'pending' });
  });

  it('keeps its word that an order was refused when that is cancelled', async () => {
    const { acquirer, order, letPass, sent } = await make();
    const wish = order('rejected', { captureMode: mode });
    await acquirer.start(wish, neverAborted());
    await letPass(long);
    const refused = await acquirer.status(wish.reference, neverAborted());
    await acquirer.cancel(wish.reference, neverAborted());
    await letPass(long);
    expect(await acquirer.status(wish.reference, neverAborted())).toEqual(refused);
    expect(sent).toHaveLength(1);
  });

  it('tells money that was on its way when the order was cancelled', async () => {
    const under = await make();
    const { acquirer, order, letPass, sent } = under;
    const wish = order('paid-late', { captureMode: mode });
    await acquirer.start(wish, neverAborted());
    await letPass(long);
    expect(sent).toEqual([]);
    await acquirer.cancel(wish.reference, neverAborted());
    await letPass(long);
    expect(wordsAfter(under, 0)).toEqual([{ about: 'transaction', reference: wish.reference, answer: taken(wish) }]);
    expect(await acquirer.status(wish.reference, neverAborted())).toEqual(taken(wish));
  });
}

/** How an acquirer gives up what it had authorised for an order that is over. */
export function releaseContract(make: Make): void {
  it('releases it, so that nothing can be captured or voided any more, and says no more that it holds it', async () => {
    const { under, order } = await authorized(make);
    const { acquirer, letPass, movement, sent } = under;
    const told = sent.length;
    await acquirer.cancel(order.reference, neverAborted());
    await acquirer.cancel(order.reference, neverAborted());
    expect(await acquirer.status(order.reference, neverAborted())).toMatchObject({ kind: 'rejected' });
    const of = { transaction: order.reference, amount: 1n };
    expect(await acquirer.move(movement('capture', of), neverAborted())).toMatchObject({ kind: 'rejected' });
    expect(await acquirer.move(movement('void', of), neverAborted())).toMatchObject({ kind: 'rejected' });
    await letPass(long);
    expect(sent).toHaveLength(told);
  });

  it('keeps what was captured, which can be refunded, and releases the rest', async () => {
    const { under, order } = await authorized(make);
    const { acquirer, letPass, movement, refund } = under;
    const of = { transaction: order.reference, amount: order.amount - 1n };
    const capture = movement('capture', of);
    await acquirer.move(capture, neverAborted());
    await acquirer.cancel(order.reference, neverAborted());
    await letPass(long);
    expect(await acquirer.movementStatus(capture.reference, neverAborted())).toEqual({ kind: 'settled' });
    const rest = movement('capture', { ...of, amount: 1n });
    expect(await acquirer.move(rest, neverAborted())).toMatchObject({ kind: 'rejected' });
    expect(await acquirer.move(refund('settled', of), neverAborted())).toEqual({ kind: 'pending' });
  });

  it('releases what it authorised after the order was cancelled, and tells nothing of it any more', async () => {
    const under = await make();
    const { acquirer, order, letPass } = under;
    const wish = order('paid-late', { captureMode: 'MANUAL' });
    await acquirer.start(wish, neverAborted());
    await acquirer.cancel(wish.reference, neverAborted());
    await letPass(long);
    expect(wordsAfter(under, 0).map(({ answer }) => answer)).toEqual([taken(wish)]);
    await acquirer.cancel(wish.reference, neverAborted());
    expect(await acquirer.status(wish.reference, neverAborted())).toMatchObject({ kind: 'rejected' });
    await letPass(long);
    expect(wordsAfter(under, 1)).toEqual([]);
    expect(await acquirer.status(wish.reference, neverAborted())).toMatchObject({ kind: 'rejected' });
  });
}
