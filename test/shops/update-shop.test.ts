import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { InvalidInput } from '../../src/kernel/errors.ts';
import type { AddressRule } from '../../src/kernel/web-address.ts';
import type { Shop, ShopSettings } from '../../src/shops/model.ts';
import { updateShop } from '../../src/shops/update-shop.ts';
import { openWorld, type World } from '../payments/world.ts';
import { actorOf } from '../support/factories.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

async function update(shop: Shop, settings: ShopSettings, addressRule: AddressRule = 'any'): Promise<void> {
  const deps = { actor: actorOf(shop), clock: world.clock, addressRule };
  await inTransaction(world.database, (tx) => updateShop(tx, deps, { shop, settings }));
}

async function settingsOf(shop: Shop): Promise<object> {
  return world.database.prisma.shop.findUniqueOrThrow({
    where: { id: shop.id },
    select: {
      name: true,
      notificationUrl: true,
      locale: true,
      paymentValiditySeconds: true,
      sandboxDelayMs: true,
    },
  });
}

const all = {
  name: 'Buty i torby',
  notificationUrl: 'http://localhost:3000/notify',
  locale: 'en',
  paymentValiditySeconds: 600,
  sandboxDelayMs: 5_000,
};

describe('The settings of a shop', () => {
  it('are written when they are given, and stay when they are left out', async () => {
    const shop = await world.openShop();
    await update(shop, { ...all, name: '  Buty i torby ' });
    expect(await settingsOf(shop)).toEqual(all);
    await update(shop, {});
    expect(await settingsOf(shop)).toEqual(all);
    await update(shop, { sandboxDelayMs: 0 });
    expect(await settingsOf(shop)).toEqual({ ...all, sandboxDelayMs: 0 });
  });

  it('leave alone what the contract fixes, and say how the address is changed', async () => {
    const shop = await world.openShop();
    const deps = { actor: actorOf(shop), clock: world.clock, addressRule: 'any' } as const;
    for (const [fixed, code] of [
      [{ settlement: 'WEEKLY' }, 'SETTLEMENT_FIXED'],
      [{ url: 'https://shop.example' }, 'ADDRESS_BY_MESSAGE'],
      [{ url: null }, 'ADDRESS_BY_MESSAGE'],
    ] as const) {
      const tried = inTransaction(world.database, (tx) => updateShop(tx, deps, { shop, settings: {}, fixed }));
      await expect(tried).rejects.toMatchObject({ code });
    }
  });

  it('are cleared by null where they may be empty', async () => {
    const shop = await world.openShop();
    await update(shop, all);
    await update(shop, { notificationUrl: null, paymentValiditySeconds: null });
    expect(await settingsOf(shop)).toEqual({ ...all, notificationUrl: null, paymentValiditySeconds: null });
  });

  it.each<ShopSettings>([
    { paymentValiditySeconds: 60 },
    { paymentValiditySeconds: 40_000_000 },
    { sandboxDelayMs: 0 },
    { sandboxDelayMs: 600_000 },
    { name: 'x' },
    { name: 'x'.repeat(100) },
    { name: '😀'.repeat(100) },
  ])('may be %o', async (settings) => {
    const shop = await world.openShop();
    await update(shop, settings);
    expect(await settingsOf(shop)).toMatchObject(settings);
  });

  it.each<[string, ShopSettings]>([
    ['paymentValiditySeconds', { paymentValiditySeconds: 59 }],
    ['paymentValiditySeconds', { paymentValiditySeconds: 40_000_001 }],
    ['sandboxDelayMs', { sandboxDelayMs: -1 }],
    ['sandboxDelayMs', { sandboxDelayMs: 600_001 }],
    ['name', { name: '' }],
    ['name', { name: '   ' }],
    ['name', { name: 'x'.repeat(101) }],
    ['name', { name: 'a\0b' }],
    ['name', { name: 'two\nlines' }],
    ['name', { name: 'half \ud83d' }],
    ['name', { name: 'Shop 4111 1111 1111 1111' }],
    ['notificationUrl', { notificationUrl: 'https://shop.example/?c=4111-1111-1111-1111' }],
    ['notificationUrl', { notificationUrl: '' }],
    ['notificationUrl', { notificationUrl: 'ftp://shop.example' }],
  ])('are refused for a wrong %s', async (field, settings) => {
    const shop = await world.openShop();
    const before = await settingsOf(shop);
    const error = await update(shop, settings).catch((refusal: unknown) => refusal);
    expect(error).toBeInstanceOf(InvalidInput);
    expect((error as InvalidInput).field).toEqual([field]);
    expect(await settingsOf(shop)).toEqual(before);
  });

  it('take only public addresses for notifications in production', async () => {
    const shop = await world.openShop();
    const inner = update(shop, { notificationUrl: 'http://127.0.0.1/notify' }, 'public');
    await expect(inner).rejects.toMatchObject({ field: ['notificationUrl'] });
    await update(shop, { notificationUrl: 'https://shop.example/notify' }, 'public');
  });

  it('are changed by keys with the scope alone', async () => {
    const shop = await world.openShop();
    const deps = { actor: actorOf(shop, { scopes: ['shops:read'] }), clock: world.clock, addressRule: 'any' } as const;
    const refused = inTransaction(world.database, (tx) => updateShop(tx, deps, { shop, settings: all }));
    await expect(refused).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('shops:write') });
  });
});
