import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RefusedOperation } from '../../src/audit/model.ts';
import { createRefusalRecorder, type RefusalRecorder } from '../../src/audit/record-refusal.ts';
import type { Actor } from '../../src/auth/actor.ts';
import { openDatabase } from '../../src/kernel/db/database.ts';
import { InvalidInput, NotFound } from '../../src/kernel/errors.ts';
import { openWorld, type World } from '../payments/world.ts';
import { actorOf } from '../support/factories.ts';

let world: World;
let recorder: RefusalRecorder;

beforeAll(async () => {
  world = await openWorld();
  recorder = createRefusalRecorder(world.deps);
});

afterAll(() => world.close());

function refused(actor: Actor, more: Partial<RefusedOperation> = {}): RefusedOperation {
  const refusal = new NotFound('No payment has this id.');
  return { actor, operation: 'cancelPayment', refusal, shopId: undefined, idempotencyKey: undefined, ...more };
}

async function kept(actor: Actor): Promise<object[]> {
  await recorder.flush();
  return world.database.prisma.refusedOperation.findMany({
    where: { apiKeyId: actor.keyId },
    omit: { id: true },
    orderBy: { at: 'asc' },
  });
}

describe('A refused operation', () => {
  it('is kept: who, what, when, why', async () => {
    const shop = await world.openShop();
    const actor = actorOf(shop);
    await recorder.record(
      refused(actor, { shopId: shop.id.toUpperCase(), idempotencyKey: 'order-1', subject: 'a payment' }),
    );
    expect(await kept(actor)).toEqual([
      {
        at: world.clock.now(),
        merchantId: shop.merchantId,
        shopId: shop.id,
        apiKeyId: actor.keyId,
        operation: 'cancelPayment',
        code: 'NOT_FOUND',
        message: 'No payment has this id.',
        idempotencyKey: 'order-1',
        subject: 'a payment',
      },
    ]);
  });

  it('is kept of a shop that its key is bound to, and without one when the shop it named can be none', async () => {
    const shop = await world.openShop();
    const bound = actorOf(shop, { shopId: shop.id });
    recorder.record(refused(bound));
    world.clock.pass({ ms: 1 });
    recorder.record(refused(bound, { shopId: "' or true --" }));
    expect(await kept(bound)).toMatchObject([{ shopId: shop.id }, { shopId: null }]);
  });

  it.each(['a\0b', 'half \ud83d', 'x'.repeat(1_000_000)])('is kept whatever key it carried', async (idempotencyKey) => {
    const actor = actorOf(await world.openShop());
    const refusal = new InvalidInput('The idempotency key must have 1 to 255 characters.', ['idempotencyKey']);
    recorder.record(refused(actor, { idempotencyKey, refusal }));
    const [row] = (await kept(actor)) as { idempotencyKey: string }[];
    expect(row?.idempotencyKey.length).toBeLessThanOrEqual(255);
    expect(row?.idempotencyKey.startsWith(idempotencyKey.slice(0, 1))).toBe(true);
  });

  it('is kept without the card numbers that it carried, also those that the limit of length would cut', async () => {
    const actor = actorOf(await world.openShop());
    const refusal = new InvalidInput('title must not be 4111 1111 1111 1111.', ['title']);
    const idempotencyKey = `${'x'.repeat(244)} 4111111111111111`;
    await recorder.record(refused(actor, { refusal, idempotencyKey, subject: 'card/4111-1111-1111-1111' }));
    const [row] = await kept(actor);
    expect(row).toMatchObject({
      message: 'title must not be [card number removed].',
      subject: 'card/[card number removed]',
    });
    // Its ids are random, and may hold any four digits.
    expect(JSON.stringify({ ...row, shopId: null, apiKeyId: null })).not.toContain('4111');
  });

  it('is kept at most 60 times a minute for each key', async () => {
    const [flood, calm] = [actorOf(await world.openShop()), actorOf(await world.openShop())];
    world.clock.pass({ ms: 60_000 });
    for (let call = 0; call < 100; call += 1) recorder.record(refused(flood));
    recorder.record(refused(calm));
    expect([(await kept(flood)).length, (await kept(calm)).length]).toEqual([60, 1]);
    world.clock.pass({ ms: 60_000 });
    recorder.record(refused(flood));
    expect(await kept(flood)).toHaveLength(61);
  });

  it('is kept in a transaction of its own, and never fails the caller', async () => {
    const gone = openDatabase({ url: world.database.url });
    await gone.close();
    const broken = createRefusalRecorder({ ...world.deps, database: gone });
    broken.record(refused(actorOf(await world.openShop())));
    await broken.flush();
    expect(world.alarms).toEqual(['a refused operation could not be recorded']);
  });
});
