import { expect, it } from 'vitest';
import {
  type Acquirer,
  type AcquirerNotification,
  NotificationRejected,
  type StartOrder,
} from '../../src/acquirers/port.ts';

/** An acquirer with what the contract needs to play with it. */
export type AcquirerUnderTest = {
  readonly acquirer: Acquirer;
  /** A new order that will come to this outcome. */
  order(outcome: 'settled' | 'rejected' | 'silent' | 'told-twice' | 'paid-late'): StartOrder;
  /** Lets the acquirer do all that is due within this time. */
  letPass(duration: { readonly ms: number }): Promise<void>;
  /** Every notification it has sent, oldest first. */
  readonly sent: readonly AcquirerNotification[];
};

const long = { ms: 120_000 };

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
      { reference: wish.reference, answer: settled },
    ]);
    expect(await acquirer.status(wish.reference, neverAborted())).toEqual(settled);
  });

  it('tells a refusal with a reason of ours and its own code', async () => {
    const { acquirer, order, letPass, sent } = await make();
    const wish = order('rejected');
    await acquirer.start(wish, neverAborted());
    await letPass(long);
    const [told] = sent.map((notification) => acquirer.readNotification(notification));
    expect(told).toMatchObject({ reference: wish.reference, answer: { kind: 'rejected' } });
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
    const told = { reference: wish.reference, answer: { kind: 'settled', amount: wish.amount } };
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

function neverAborted(): AbortSignal {
  return new AbortController().signal;
}
