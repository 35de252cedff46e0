import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import {
  type Acquirer,
  type AcquirerNotification,
  type MovementOrder,
  NotificationRejected,
  type StartOrder,
} from '../../src/acquirers/port.ts';

/** An acquirer with what the contract needs to play with it. */
export type AcquirerUnderTest = {
  readonly acquirer: Acquirer;
  /** A new order that will come to this outcome. */
  order(outcome: 'settled' | 'rejected' | 'silent' | 'told-twice' | 'paid-late'): StartOrder;
  /** A new refund of an order that will come to this outcome. */
  refund(outcome: 'settled' | 'rejected' | 'rejected-late' | 'silent' | 'told-twice', of: RefundOf): MovementOrder;
  /** Lets the acquirer do all that is due within this time. */
  letPass(duration: { readonly ms: number }): Promise<void>;
  /** Every notification it has sent, oldest first. */
  readonly sent: readonly AcquirerNotification[];
};

/** What a refund gives back. */
export type RefundOf = { readonly transaction: string; readonly amount: bigint };

const long = { ms: 120_000 };
const threeDays = { ms: 3 * 24 * 3_600_000 };

/** What every acquirer's folder keeps to; `make` gives a fresh one for each test. */
export function acquirerContract(make: () => Promise<AcquirerUnderTest>): void {
  it('never heard of an order that was not sent', async () => {
    const { acquirer, order } = await make();
    const { reference } = order('settled');
    expect(await acquirer.status(reference, neverAborted())).toEqual({ kind: 'unheard' });
    await acquirer.cancel(reference, neverAborted());
    expect(await acquirer.status(reference, neverAborted())).toEqual({ kind: 'unheard' });
  });

  it('takes an order and tells the money it took, the amount in full', async () => {
    const { acquirer, order, letPass, sent } = await make();
    const wish = order('settled');
    const answer = await acquirer.start(wish, neverAborted());
    expect(answer.kind).toBe('pending');
    expect(await acquirer.status(wish.reference, neverAborted())).toEqual(answer);
    expect(sent).toEqual([]);
    await letPass(long);
    const settled = { kind: 'settled', amount: wish.amount };
    expect(sent.map((told) => acquirer.readNotification(told))).toEqual([
      { about: 'transaction', reference: wish.reference, answer: settled },
    ]);
    expect(await acquirer.status(wish.reference, neverAborted())).toEqual(settled);
  });

  it('tells a refusal with a reason of ours and its own code', async () => {
    const { acquirer, order, letPass, sent } = await make();
    const wish = order('rejected');
    await acquirer.start(wish, neverAborted());
    await letPass(long);
    const [told] = sent.map((notification) => acquirer.readNotification(notification));
    expect(told).toMatchObject({ about: 'transaction', reference: wish.reference, answer: { kind: 'rejected' } });
    expect(await acquirer.status(wish.reference, neverAborted())).toEqual(told?.answer);
  });

  it('takes an order that is sent twice, even at once, only once', async () => {
    const { acquirer, order, letPass, sent } = await make();
    const wish = order('settled');
    const [first, second] = await Promise.all([
      acquirer.start(wish, neverAborted()),
      acquirer.start(wish, neverAborted()),
    ]);
    expect(second).toEqual(first);
    await letPass({ ms: 30 });
    expect(await acquirer.start(wish, neverAborted())).toEqual(first);
    await letPass(long);
    expect(sent).toHaveLength(1);
  });

  it('may tell the same outcome twice, and both tellings read the same', async () => {
    const { acquirer, order, letPass, sent } = await make();
    const wish = order('told-twice');
    await acquirer.start(wish, neverAborted());
    await letPass(long);
    const answer = { kind: 'settled', amount: wish.amount };
    const told = { about: 'transaction', reference: wish.reference, answer };
    expect(sent.map((notification) => acquirer.readNotification(notification))).toEqual([told, told]);
  });

  it('gives up a call without an answer when it is told to, and knows the order when it is asked', async () => {
    const { acquirer, order, letPass, sent } = await make();
    const wish = order('silent');
    const patience = new AbortController();
    const call = acquirer.start(wish, patience.signal);
    const failure = expect(call).rejects.toThrow('no more patience');
    while ((await acquirer.status(wish.reference, neverAborted())).kind === 'unheard');
    patience.abort(new Error('no more patience'));
    await failure;
    await letPass(long);
    expect(sent).toEqual([]);
    expect(await acquirer.status(wish.reference, neverAborted())).toEqual({ kind: 'settled', amount: wish.amount });
  });

  it('sends nothing for a call that was given up before it began', async () => {
    const { acquirer, order } = await make();
    const wish = order('settled');
    await expect(acquirer.start(wish, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect(await acquirer.status(wish.reference, neverAborted())).toEqual({ kind: 'unheard' });
  });

  it('takes no money for an order that was cancelled in time', async () => {
    const { acquirer, order, letPass, sent } = await make();
    const wish = order('settled');
    await acquirer.start(wish, neverAborted());
    await acquirer.cancel(wish.reference, neverAborted());
    await acquirer.cancel(wish.reference, neverAborted());
    await letPass(long);
    expect(sent).toEqual([]);
    expect(await acquirer.status(wish.reference, neverAborted())).toMatchObject({ kind: 'rejected' });
  });

  it('keeps the money of an order that is cancelled too late', async () => {
    const { acquirer, order, letPass, sent } = await make();
    const wish = order('settled');
    await acquirer.start(wish, neverAborted());
    await letPass(long);
    await acquirer.cancel(wish.reference, neverAborted());
    await letPass(long);
    expect(sent).toHaveLength(1);
    expect(await acquirer.status(wish.reference, neverAborted())).toEqual({ kind: 'settled', amount: wish.amount });
  });

  it('tells money that was on its way when the order was cancelled', async () => {
    const { acquirer, order, letPass, sent } = await make();
    const wish = order('paid-late');
    await acquirer.start(wish, neverAborted());
    await letPass(long);
    expect(sent).toEqual([]);
    await acquirer.cancel(wish.reference, neverAborted());
    await letPass(long);
    expect(sent.map((told) => acquirer.readNotification(told).answer)).toEqual([
      { kind: 'settled', amount: wish.amount },
    ]);
  });

  it('refuses notifications that it did not sign, or that were changed, and all garbage', async () => {
    const { acquirer, order, letPass, sent } = await make();
    await acquirer.start(order('settled'), neverAborted());
    await acquirer.start(order('rejected'), neverAborted());
    await letPass(long);
    const [genuine, other] = sent;
    if (!genuine || !other) throw new Error('The acquirer told nothing.');
    expect(() => acquirer.readNotification(genuine)).not.toThrow();
    const forged: AcquirerNotification[] = [
      { headers: new Headers(), body: genuine.body },
      { headers: other.headers, body: genuine.body },
      { headers: genuine.headers, body: `${genuine.body} ` },
      { headers: genuine.headers, body: genuine.body.replace(/\d(?=\D*$)/, '7') },
      { headers: genuine.headers, body: '' },
      { headers: { get: () => '' }, body: '{}' },
      { headers: { get: () => '\u00ff'.repeat(64) }, body: genuine.body },
    ];
    for (const notification of forged) {
      expect(() => acquirer.readNotification(notification)).toThrow(NotificationRejected);
    }
  });
}

/** What every acquirer's folder keeps to when it gives money back; `make` gives a fresh one for each test. */
export function refundContract(make: () => Promise<AcquirerUnderTest>): void {
  it('never heard of a refund that was not sent', async () => {
    const { acquirer, refund } = await make();
    const { reference } = refund('settled', { transaction: randomUUID(), amount: 1n });
    expect(await acquirer.movementStatus(reference, neverAborted())).toEqual({ kind: 'unheard' });
  });

  it('takes a refund of a settled order and tells when the money was given back', async () => {
    const { under, order } = await settled(make);
    const { acquirer, refund, letPass, sent } = under;
    const wish = refund('settled', { transaction: order.reference, amount: order.amount });
    const told = sent.length;
    expect(await acquirer.move(wish, neverAborted())).toEqual({ kind: 'pending' });
    expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual({ kind: 'pending' });
    expect(sent).toHaveLength(told);
    await letPass(long);
    expect(sent.slice(told).map((word) => acquirer.readNotification(word))).toEqual([
      { about: 'refund', reference: wish.reference, answer: { kind: 'settled' } },
    ]);
    expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual({ kind: 'settled' });
    expect(await acquirer.status(order.reference, neverAborted())).toEqual({ kind: 'settled', amount: order.amount });
  });

  it('gives a refund back once that is sent twice, even at once', async () => {
    const { under, order } = await settled(make);
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
    const { under, order } = await settled(make);
    const { acquirer, refund } = under;
    const of = (amount: bigint): RefundOf => ({ transaction: order.reference, amount });
    expect(await acquirer.move(refund('settled', of(1n)), neverAborted())).toEqual({ kind: 'pending' });
    const tooMuch = await acquirer.move(refund('settled', of(order.amount)), neverAborted());
    expect(tooMuch).toMatchObject({ kind: 'rejected' });
    const rest = await acquirer.move(refund('settled', of(order.amount - 1n)), neverAborted());
    expect(rest).toEqual({ kind: 'pending' });
    const none = await acquirer.move(refund('settled', of(1n)), neverAborted());
    expect(none).toMatchObject({ kind: 'rejected' });
  });

  it('never promises more than it took, though many ask at once', async () => {
    const { under, order } = await settled(make);
    const { acquirer, refund } = under;
    const wishes = Array.from({ length: 8 }, () =>
      refund('settled', { transaction: order.reference, amount: order.amount / 3n }),
    );
    const answers = await Promise.all(wishes.map((wish) => acquirer.move(wish, neverAborted())));
    expect(answers.filter(({ kind }) => kind === 'pending')).toHaveLength(3);
    expect(answers.filter(({ kind }) => kind === 'rejected')).toHaveLength(5);
  });

  it('refuses at once what it never took: an unknown order, one not settled yet, one that was refused', async () => {
    const { acquirer, order, refund, letPass, sent } = await make();
    const [waiting, refused] = [order('paid-late'), order('rejected')];
    await acquirer.start(waiting, neverAborted());
    await acquirer.start(refused, neverAborted());
    await letPass(long);
    const told = sent.length;
    for (const transaction of [randomUUID(), waiting.reference, refused.reference]) {
      const wish = refund('settled', { transaction, amount: 1n });
      const answer = await acquirer.move(wish, neverAborted());
      expect(answer).toMatchObject({ kind: 'rejected', code: expect.stringMatching(/./) });
      expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual(answer);
    }
    await letPass(threeDays);
    expect(sent).toHaveLength(told);
  });

  it('may refuse in its answer, and the money can be asked for again', async () => {
    const { under, order } = await settled(make);
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
    const { under, order } = await settled(make);
    const { acquirer, refund, letPass, sent } = under;
    const of = { transaction: order.reference, amount: order.amount };
    const told = sent.length;
    const wish = refund('rejected-late', of);
    expect(await acquirer.move(wish, neverAborted())).toEqual({ kind: 'pending' });
    await letPass(long);
    expect(sent).toHaveLength(told);
    expect(await acquirer.move(refund('settled', of), neverAborted())).toMatchObject({ kind: 'rejected' });
    await letPass(threeDays);
    const [word] = sent.slice(told).map((notification) => acquirer.readNotification(notification));
    expect(word).toMatchObject({ about: 'refund', reference: wish.reference, answer: { kind: 'rejected' } });
    expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual(word?.answer);
    expect(await acquirer.move(refund('settled', of), neverAborted())).toEqual({ kind: 'pending' });
  });

  it('may tell of a refund twice, and both tellings read the same', async () => {
    const { under, order } = await settled(make);
    const { acquirer, refund, letPass, sent } = under;
    const wish = refund('told-twice', { transaction: order.reference, amount: 1n });
    const told = sent.length;
    await acquirer.move(wish, neverAborted());
    await letPass(long);
    const word = { about: 'refund', reference: wish.reference, answer: { kind: 'settled' } };
    expect(sent.slice(told).map((notification) => acquirer.readNotification(notification))).toEqual([word, word]);
  });

  it('gives up a refund without an answer when it is told to, and knows it when it is asked', async () => {
    const { under, order } = await settled(make);
    const { acquirer, refund, letPass, sent } = under;
    const wish = refund('silent', { transaction: order.reference, amount: order.amount });
    const told = sent.length;
    const patience = new AbortController();
    const call = acquirer.move(wish, patience.signal);
    const failure = expect(call).rejects.toThrow('no more patience');
    while ((await acquirer.movementStatus(wish.reference, neverAborted())).kind === 'unheard');
    patience.abort(new Error('no more patience'));
    await failure;
    await letPass(long);
    expect(sent).toHaveLength(told);
    expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual({ kind: 'settled' });
  });

  it('gives nothing back for a refund that was given up before it began', async () => {
    const { under, order } = await settled(make);
    const { acquirer, refund } = under;
    const wish = refund('settled', { transaction: order.reference, amount: 1n });
    await expect(acquirer.move(wish, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect(await acquirer.movementStatus(wish.reference, neverAborted())).toEqual({ kind: 'unheard' });
  });

  it('signs what the notification is about, so that no sale can be told as a refund', async () => {
    const { under, order } = await settled(make);
    const { acquirer, refund, letPass, sent } = under;
    await acquirer.move(refund('settled', { transaction: order.reference, amount: 1n }), neverAborted());
    await letPass(long);
    const [sale, given] = sent;
    if (!sale || !given) throw new Error('The acquirer told nothing.');
    for (const [one, other] of [
      [sale, given],
      [given, sale],
    ] as const) {
      const forged = { headers: one.headers, body: other.body };
      expect(() => acquirer.readNotification(forged)).toThrow(NotificationRejected);
    }
  });
}

/** An acquirer with an order of which it took the money. */
async function settled(
  make: () => Promise<AcquirerUnderTest>,
): Promise<{ readonly under: AcquirerUnderTest; readonly order: StartOrder }> {
  const under = await make();
  const order = under.order('settled');
  await under.acquirer.start(order, neverAborted());
  await under.letPass(long);
  return { under, order };
}

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}
