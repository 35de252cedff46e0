import { expect, it } from 'vitest';
import { type AcquirerNotification, NotificationRejected } from '../../src/acquirers/port.ts';
import type { CaptureMode } from '../../src/kernel/db/generated/prisma/enums.ts';
import { type AcquirerUnderTest, long, type Make, neverAborted, paid, taken, wordsAfter } from './under-test.ts';

/** Which messages are an acquirer's own, and that each says one thing however often it comes. */
export function notificationContract(make: Make, captureMode: CaptureMode): void {
  it('may tell the same outcome twice, and both tellings read the same', async () => {
    const under = await make();
    const wish = under.order('told-twice', { captureMode });
    await under.acquirer.start(wish, neverAborted());
    await under.letPass(long);
    const told = { about: 'transaction', reference: wish.reference, answer: taken(wish) };
    expect(wordsAfter(under, 0)).toEqual([told, told]);
  });

  it('refuses notifications that it did not sign, or that were changed, and all garbage', async () => {
    const { acquirer, order, letPass, sent } = await make();
    await acquirer.start(order('settled', { captureMode }), neverAborted());
    await acquirer.start(order('rejected', { captureMode }), neverAborted());
    await letPass(long);
    const [genuine, other] = sent;
    if (!genuine || !other) throw new Error('The acquirer told nothing.');
    expect(() => acquirer.readNotification(genuine)).not.toThrow();
    const forged: AcquirerNotification[] = [
      { headers: new Headers(), body: genuine.body },
      { headers: other.headers, body: genuine.body },
      { headers: genuine.headers, body: `${genuine.body} ` },
      { headers: genuine.headers, body: genuine.body.replace(/\d(?=\D*$)/, '7') },
      { headers: genuine.headers, body: genuine.body.toUpperCase() },
      { headers: genuine.headers, body: '' },
      { headers: genuine.headers, body: '{}' },
      { headers: { get: () => '' }, body: '{}' },
      { headers: { get: () => '' }, body: '' },
      { headers: { get: () => '\u00ff'.repeat(64) }, body: genuine.body },
    ];
    expect(forged.filter(({ body }) => body === genuine.body)).toHaveLength(3);
    for (const notification of forged) {
      expect(() => acquirer.readNotification(notification)).toThrow(NotificationRejected);
    }
  });

  it('refuses what another acquirer tells of its orders, though both have the same secret', async () => {
    const under = await make();
    const wish = under.order('settled', { captureMode });
    await under.acquirer.start(wish, neverAborted());
    await under.letPass(long);
    const [word] = wordsAfter(under, 0);
    if (!word) throw new Error('The acquirer told nothing.');
    expect(() => under.acquirer.readNotification(under.toldByAnother(word))).toThrow(NotificationRejected);
  });

  it('signs what a notification is about, so that none can be told as one of another kind', async () => {
    const { under, order } = await paid(make, captureMode);
    const { acquirer, refund, letPass, sent } = under;
    await acquirer.move(refund('settled', { transaction: order.reference, amount: 1n }), neverAborted());
    await letPass(long);
    const kinds = captureMode === 'MANUAL' ? ['transaction', 'capture', 'refund'] : ['transaction', 'refund'];
    expect(wordsAfter(under, 0).map(({ about }) => about)).toEqual(kinds);
    for (const one of sent) {
      for (const other of sent) if (one !== other) expectRefused(under, { headers: one.headers, body: other.body });
    }
    // The name of the kind, where the body has one.
    for (const one of sent) {
      for (const kind of ['transaction', 'capture', 'void', 'refund']) {
        const body = one.body.replace(/transaction|capture|void|refund/, kind);
        if (body !== one.body) expectRefused(under, { headers: one.headers, body });
      }
    }
  });
}

function expectRefused({ acquirer }: AcquirerUnderTest, notification: AcquirerNotification): void {
  expect(() => acquirer.readNotification(notification)).toThrow(NotificationRejected);
}
