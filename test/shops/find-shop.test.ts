import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createShopFinder, findVisibleShop, requireActive } from '../../src/shops/find-shop.ts';
import { channels } from '../../src/shops/model.ts';
import { openWorld, type World } from '../payments/world.ts';
import { actorOf, createMerchant, createShop } from '../support/factories.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

const rename = (id: string, name: string): Promise<unknown> =>
  world.database.pool.query('update shop set name = $2 where id = $1', [id, name]);

describe('The finder of shops', () => {
  it('gives what the verbs need to know', async () => {
    const merchantId = await createMerchant(world.database, { clockOffsetMs: 5 });
    const { shop } = await createShop(world.database, { merchantId, sandboxDelayMs: 7 });
    const found = await createShopFinder(world.database).find(shop.id);
    expect(found).toMatchObject({
      id: shop.id,
      merchantId,
      status: 'ACTIVE',
      merchantActive: true,
      clockOffsetMs: 5,
      sandboxDelayMs: 7,
      notificationUrl: undefined,
      paymentValiditySeconds: undefined,
      channels: Object.keys(channels),
    });
  });

  it('remembers a shop, and forgets it when told', async () => {
    const { id, name } = await world.openShop();
    const finder = createShopFinder(world.database);
    expect((await finder.find(id))?.name).toBe(name);
    await rename(id, 'Another');
    expect((await finder.find(id))?.name).toBe(name);
    finder.forget(id);
    expect((await finder.find(id))?.name).toBe('Another');
  });

  it('asks nobody about what cannot be the id of a shop', async () => {
    const finder = createShopFinder(world.database);
    expect([await finder.find(''), await finder.find("' or true --"), await finder.find(randomUUID())]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('leaves out channels that are switched off, or that it does not know', async () => {
    const { id } = await world.openShop();
    const { pool } = world.database;
    await pool.query(`update shop_method set enabled = false where shop_id = $1 and channel <> 'blik'`, [id]);
    await pool.query(`insert into shop_method (shop_id, channel, method, priority) values ($1, 'coins', 'WALLET', 0)`, [
      id,
    ]);
    expect((await createShopFinder(world.database).find(id))?.channels).toEqual(['blik']);
  });
});

describe('A shop', () => {
  it('is seen by the keys of its merchant, or by those bound to it', async () => {
    const shop = await world.openShop();
    const { shops } = world.deps;
    expect((await findVisibleShop(shops, actorOf(shop), shop.id.toUpperCase())).id).toBe(shop.id);
    expect((await findVisibleShop(shops, actorOf(shop, { shopId: shop.id }), shop.id)).id).toBe(shop.id);
  });

  it('is hidden from all others, in the words of one that does not exist', async () => {
    const shop = await world.openShop();
    const { shop: sister } = await createShop(world.database, { merchantId: shop.merchantId });
    const stranger = await world.openShop();
    const nothing = { code: 'NOT_FOUND', field: ['shopId'], message: 'No shop with this id belongs to you.' };
    for (const [actor, id] of [
      [actorOf(stranger), shop.id],
      [actorOf(shop, { shopId: sister.id }), shop.id],
      [actorOf(shop), randomUUID()],
      [actorOf(shop), 'no id'],
    ] as const) {
      await expect(findVisibleShop(world.deps.shops, actor, id)).rejects.toMatchObject(nothing);
    }
  });

  it.each(['SUBMITTED', 'SUSPENDED', 'CLOSED', 'REFUSED'] as const)('that is %s takes no payments', (status) => {
    expect(() => requireActive({ status, merchantActive: true })).toThrow(
      expect.objectContaining({ code: 'SHOP_NOT_ACTIVE' }),
    );
  });

  it('takes payments while it is active and its merchant is', () => {
    expect(() => requireActive({ status: 'ACTIVE', merchantActive: true })).not.toThrow();
    expect(() => requireActive({ status: 'ACTIVE', merchantActive: false })).toThrow(
      expect.objectContaining({ code: 'MERCHANT_NOT_ACTIVE' }),
    );
  });
});
