import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { Shop } from '../../src/shops/model.ts';
import { rotateServiceKey } from '../../src/shops/rotate-service-key.ts';
import { readServiceKeys } from '../../src/shops/store.ts';
import { openWorld, type World } from '../payments/world.ts';
import { actorOf, createShop, testSeal } from '../support/factories.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

const hour = 3_600_000;

function rotate(shop: Shop, overlapHours: number): ReturnType<typeof rotateServiceKey> {
  const deps = { actor: actorOf(shop), clock: world.clock, seal: testSeal };
  return inTransaction(world.database, (tx) => rotateServiceKey(tx, deps, { shop, overlapHours }));
}

/** The keys that are good now, the current one first, in clear. */
async function goodKeys(shop: Shop): Promise<string[]> {
  const sealed = await readServiceKeys(world.database, shop.id, world.clock.now(shop));
  return sealed.map((bytes) => testSeal.open(bytes, shop.id));
}

describe('A service key', () => {
  it('is followed by a new one at once, and stays good for the overlap', async () => {
    const { shop, serviceKey: old } = await createShop(world.database);
    const { serviceKey, oldValidUntil } = await rotate(shop, 24);
    expect(serviceKey).toMatch(/^[A-Za-z0-9_-]{36}$/);
    expect(oldValidUntil).toEqual(new Date(world.clock.now().getTime() + 24 * hour));
    expect(await goodKeys(shop)).toEqual([serviceKey, old]);
    world.clock.pass({ ms: 24 * hour - 1 });
    expect(await goodKeys(shop)).toEqual([serviceKey, old]);
    world.clock.pass({ ms: 1 });
    expect(await goodKeys(shop)).toEqual([serviceKey]);
  });

  it('is changed by whoever stands in the audit log, which does not have the key', async () => {
    const { shop } = await createShop(world.database);
    const { serviceKey, oldValidUntil } = await rotate(shop, 1);
    const { rows } = await world.database.pool.query<{ action: string; data: object }>(
      'select action, data from audit_entry where merchant_id = $1',
      [shop.merchantId],
    );
    expect(rows).toEqual([{ action: 'ROTATE_SERVICE_KEY', data: { oldValidUntil: oldValidUntil.toISOString() } }]);
    expect(JSON.stringify(rows)).not.toContain(serviceKey);
  });

  it('is good no more at once with an overlap of 0', async () => {
    const { shop } = await createShop(world.database);
    const { serviceKey } = await rotate(shop, 0);
    expect(await goodKeys(shop)).toEqual([serviceKey]);
  });

  it('keeps its own end when another rotation follows', async () => {
    const { shop, serviceKey: first } = await createShop(world.database);
    const { serviceKey: second } = await rotate(shop, 1);
    const { serviceKey: third } = await rotate(shop, 720);
    expect(await goodKeys(shop)).toEqual([third, second, first]);
    world.clock.pass({ ms: hour });
    expect(await goodKeys(shop)).toEqual([third, second]);
  });

  it('is one, however many rotate at once', async () => {
    const { shop } = await createShop(world.database);
    await Promise.all([1, 2, 3, 4].map(() => rotate(shop, 0)));
    expect(await goodKeys(shop)).toHaveLength(1);
  });

  it('lies in the database sealed, and for its own shop alone', async () => {
    const { shop, serviceKey } = await createShop(world.database);
    const [sealed] = await readServiceKeys(world.database, shop.id, world.clock.now());
    expect(Buffer.from(sealed ?? []).includes(serviceKey)).toBe(false);
    expect(() => testSeal.open(sealed ?? new Uint8Array(), 'another shop')).toThrow();
  });

  it.each([-1, 721, Number.NaN])('is not rotated with an overlap of %s hours', async (overlapHours) => {
    const { shop, serviceKey } = await createShop(world.database);
    await expect(rotate(shop, overlapHours)).rejects.toMatchObject({ field: ['overlapHours'] });
    expect(await goodKeys(shop)).toEqual([serviceKey]);
  });

  it('is rotated by keys with the scope alone', async () => {
    const { shop } = await createShop(world.database);
    const deps = { actor: actorOf(shop, { scopes: ['shops:read'] }), clock: world.clock, seal: testSeal };
    const refused = inTransaction(world.database, (tx) => rotateServiceKey(tx, deps, { shop, overlapHours: 1 }));
    await expect(refused).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
