import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLink } from '../../src/links/create-link.ts';
import type { LinkDeps } from '../../src/links/deps.ts';
import { openWorld, type World } from '../payments/world.ts';
import { actorOf } from '../support/factories.ts';
import { createLinkDeps, makeLink, openLink } from './world.ts';

let world: World;
let deps: LinkDeps;

beforeAll(async () => {
  world = await openWorld();
  deps = createLinkDeps(world.deps);
});
afterAll(() => world.close());

const inSeconds = (seconds: number): Date => new Date(world.clock.now().getTime() + seconds * 1000);
const wish = (shopId: string) => ({
  ...{ shopId, idempotencyKey: randomUUID(), usesMax: null },
  ...{ amount: 1234n, currency: 'PLN' as const, orderId: 'ORD/1' },
});

describe('Creating a payment link', () => {
  it('gives it an address of ten random letters and digits, and makes no payment yet', async () => {
    const shop = await world.openShop();
    const links = await Promise.all(Array.from({ length: 20 }, () => makeLink(deps, shop)));
    for (const link of links) expect(link.short).toMatch(/^[0-9A-Za-z]{10}$/);
    expect(new Set(links.map((link) => link.short)).size).toBe(20);
    expect((await openLink(deps, links[0] as (typeof links)[0])).link).toMatchObject({
      made: 0,
      uses: 0,
      paymentId: null,
    });
  });

  it('gives the same link for the same key and input, and refuses the key with another', async () => {
    const shop = await world.openShop();
    const input = wish(shop.id);
    const first = await createLink(deps, actorOf(shop), input);
    const again = await createLink(deps, actorOf(shop), input);
    expect([first.replayed, again.replayed]).toEqual([false, true]);
    expect(again.link).toEqual({ ...first.link, inputHash: expect.anything() });
    const other = createLink(deps, actorOf(shop), { ...input, usesMax: 1 });
    await expect(other).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('gives twenty who ask with one key one link', async () => {
    const shop = await world.openShop();
    const input = wish(shop.id);
    const made = await Promise.all(Array.from({ length: 20 }, () => createLink(deps, actorOf(shop), input)));
    expect(new Set(made.map(({ link }) => link.id)).size).toBe(1);
    expect(made.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });

  it('finds its link again once the end of it has come too near for a new one', async () => {
    const shop = await world.openShop();
    const input = { ...wish(shop.id), validUntil: inSeconds(90) };
    await createLink(deps, actorOf(shop), input);
    world.clock.pass({ ms: 60_000 });
    expect((await createLink(deps, actorOf(shop), input)).replayed).toBe(true);
    const late = createLink(deps, actorOf(shop), { ...input, idempotencyKey: randomUUID() });
    await expect(late).rejects.toMatchObject({ code: 'INVALID_INPUT', field: ['validUntil'] });
  });

  it('refuses what no payment could be made of, and names the field', async () => {
    const shop = await world.openShop();
    const cases = [
      [{ amount: 0n }, 'INVALID_INPUT', ['amount']],
      [{ orderId: '' }, 'INVALID_INPUT', ['orderId']],
      [{ usesMax: 0 }, 'INVALID_INPUT', ['usesMax']],
      [{ usesMax: 1_000_001 }, 'INVALID_INPUT', ['usesMax']],
      [{ validUntil: inSeconds(30) }, 'INVALID_INPUT', ['validUntil']],
      [{ successUrl: 'javascript:alert(1)' }, 'INVALID_INPUT', ['successUrl']],
      [{ customer: { firstName: 'Jan', lastName: '' } }, 'INVALID_INPUT', ['customer', 'lastName']],
      [{ methods: ['LEASE' as const] }, 'METHOD_NOT_AVAILABLE', ['methods']],
    ] as const;
    for (const [given, code, field] of cases) {
      const made = createLink(deps, actorOf(shop), { ...wish(shop.id), ...given });
      await expect(made, JSON.stringify(field)).rejects.toMatchObject({ code, field });
    }
  });

  it('is for those with the scope, in shops of their own', async () => {
    const [shop, other] = [await world.openShop(), await world.openShop()];
    const reader = actorOf(shop, { scopes: ['payments:read'] });
    await expect(createLink(deps, reader, wish(shop.id))).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(createLink(deps, actorOf(other), wish(shop.id))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
