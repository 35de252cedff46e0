import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Actor, Scope } from '../../src/auth/actor.ts';
import { createAuthenticator } from '../../src/auth/authenticate-actor.ts';
import { type CreateApiKeyInput, createApiKey } from '../../src/auth/create-api-key.ts';
import { createRestToken } from '../../src/auth/create-rest-token.ts';
import { hashKey, newApiKey, newRestToken } from '../../src/auth/model.ts';
import { revokeApiKey, revokeRestToken } from '../../src/auth/revoke-api-key.ts';
import { insertKey } from '../../src/auth/store.ts';
import { after } from '../../src/kernel/clock.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { openWorld, type World } from '../payments/world.ts';
import { actorOf, createMerchant, createShop } from '../support/factories.ts';
import { giveKeys } from './give-keys.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

const wish: CreateApiKeyInput = {
  name: 'Back end',
  shopId: undefined,
  scopes: ['payments:read'],
  expiresAt: undefined,
};

function create(actor: Actor, input: Partial<CreateApiKeyInput> = {}): ReturnType<typeof createApiKey> {
  const deps = { actor, clock: world.clock, mode: 'test' } as const;
  return inTransaction(world.database, (tx) => createApiKey(tx, deps, { ...wish, ...input }));
}

const revoke = (actor: Actor, id: string): Promise<void> =>
  inTransaction(world.database, (tx) => revokeApiKey(tx, { actor, clock: world.clock }, id));

/** Asks a fresh authenticator, which remembers nothing. */
const authenticate = (header: string | undefined): Promise<Actor | undefined> =>
  createAuthenticator({ database: world.database, clock: world.clock, keyMode: 'test' }).authenticate(header);

describe('A created key', () => {
  it('is good for what it was made for', async () => {
    const shop = await world.openShop();
    const { apiKey, secret } = await create(actorOf(shop), { scopes: ['payments:read', 'shops:read'] });
    expect(await authenticate(`Bearer ${secret}`)).toEqual({
      keyId: apiKey.id,
      merchantId: shop.merchantId,
      shopId: undefined,
      scopes: new Set<Scope>(['payments:read', 'shops:read']),
    });
  });

  it('is not in the database, only its hash and its last four characters', async () => {
    const { apiKey, secret } = await create(actorOf(await world.openShop()));
    const kept = await world.database.prisma.apiKey.findUniqueOrThrow({ where: { id: apiKey.id } });
    expect(kept).toMatchObject({ name: 'Back end', hint: secret.slice(-4), revokedAt: null });
    expect(Buffer.from(kept.hash).equals(hashKey(secret))).toBe(true);
    expect(JSON.stringify(kept)).not.toContain(secret.slice(8, 30));
  });

  it('is bound to the shop it was made for, or to the one of the key that made it', async () => {
    const shop = await world.openShop();
    const { apiKey: one } = await create(actorOf(shop), { shopId: shop.id });
    const { apiKey: other } = await create(actorOf(shop, { shopId: shop.id }));
    expect([one.shopId, other.shopId]).toEqual([shop.id, shop.id]);
  });

  it('may not do more than the key that made it', async () => {
    const actor = actorOf(await world.openShop(), { scopes: ['keys:write', 'payments:read'] });
    await expect(create(actor, { scopes: ['payments:read', 'refunds:write'] })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('refunds:write'),
    });
  });

  it('is made by keys with the scope alone', async () => {
    const actor = actorOf(await world.openShop(), { scopes: ['payments:read'] });
    await expect(create(actor)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it.each<[string, Partial<CreateApiKeyInput>]>([
    ['name', { name: '  ' }],
    ['name', { name: 'x'.repeat(101) }],
    ['name', { name: 'a\0b' }],
    ['name', { name: 'Key 4111 1111 1111 1111' }],
    ['scopes', { scopes: [] }],
    ['scopes', { scopes: ['constructor'] }],
    ['expiresAt', { expiresAt: new Date('2026-03-02T10:00:00.000Z') }],
  ])('is refused for a wrong %s', async (field, input) => {
    const refused = create(actorOf(await world.openShop()), input);
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT', field: [field] });
  });
});

describe('Of good keys a merchant has at most 100', () => {
  const held = (merchantId: string) =>
    world.database.prisma.apiKey.count({ where: { merchantId, kind: 'API', revokedAt: null } });
  const tokenOf = (actor: Actor) =>
    inTransaction(world.database, (tx) =>
      createRestToken(tx, { actor, clock: world.clock }, { name: 'Plugin', expiresAt: undefined }),
    );
  const fulfilled = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
    outcomes.filter(({ status }) => status === 'fulfilled').length;

  it('also when several are made at once, and room again for one when one is revoked', async () => {
    const shop = await world.openShop();
    const actor = actorOf(shop);
    const { apiKey } = await create(actor);
    await giveKeys(world.database, { ...shop, kind: 'API', count: 97 });
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => create(actor)));
    expect(fulfilled(outcomes)).toBe(2);
    const bound = actorOf(shop, { shopId: shop.id });
    await expect(create(bound)).rejects.toMatchObject({ code: 'WRONG_STATE', message: expect.stringContaining('100') });
    expect(await held(shop.merchantId)).toBe(100);
    await revoke(actor, apiKey.id);
    await create(actor);
    expect(await held(shop.merchantId)).toBe(100);
  });

  it('and as many tokens, which are counted by themselves', async () => {
    const shop = await world.openShop();
    const actor = actorOf(shop);
    await giveKeys(world.database, { ...shop, kind: 'REST', count: 98 });
    expect(fulfilled(await Promise.allSettled(Array.from({ length: 5 }, () => tokenOf(actor))))).toBe(2);
    await expect(tokenOf(actor)).rejects.toMatchObject({ code: 'WRONG_STATE' });
    await create(actor);
  });

  it('and those do not count that were revoked, or have expired by the clock of the merchant', async () => {
    const shop = await world.openShop();
    const at = world.clock.now();
    await giveKeys(world.database, { ...shop, kind: 'API', count: 100, revokedAt: at });
    await giveKeys(world.database, { ...shop, kind: 'API', count: 100, expiresAt: after(at, { ms: 60_000 }) });
    await expect(create(actorOf(shop))).rejects.toMatchObject({ code: 'WRONG_STATE' });
    await world.database.pool.query('update merchant set clock_offset_ms = 60000 where id = $1', [shop.merchantId]);
    await create(actorOf(shop));
  });
});

describe('Nobody is authenticated', () => {
  it('without a key, or with what can be none', async () => {
    const headers = [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      'Basic dXNlcjpwYXNz',
      'Bearer nonsense',
      `Bearer ${newApiKey('test')}`,
    ];
    for (const header of headers) expect(await authenticate(header)).toBeUndefined();
  });

  it('by a key that has expired, by the clock of its merchant', async () => {
    const shop = await world.openShop();
    const expiresAt = new Date(world.clock.now().getTime() + 60_000);
    const { secret } = await create(actorOf(shop), { expiresAt });
    expect(await authenticate(`bearer  ${secret}`)).toBeDefined();
    await world.database.pool.query('update merchant set clock_offset_ms = 60000 where id = $1', [shop.merchantId]);
    expect(await authenticate(`bearer  ${secret}`)).toBeUndefined();
  });

  it('here by a token for the other door', async () => {
    const token = newRestToken();
    const { apiKey } = await create(actorOf(await world.openShop()));
    const row = { ...apiKey, id: randomUUID(), kind: 'REST', hash: new Uint8Array(hashKey(token)) } as const;
    await inTransaction(world.database, (tx) => insertKey(tx, row));
    expect(await authenticate(`Bearer ${token}`)).toBeUndefined();
  });
});

it('Whoever makes or revokes a key or token stands in the audit log, once for each', async () => {
  const actor = actorOf(await world.openShop());
  const { apiKey } = await create(actor);
  const deps = { actor, clock: world.clock };
  const { restToken } = await inTransaction(world.database, (tx) =>
    createRestToken(tx, deps, { name: 'Plugin', expiresAt: undefined }),
  );
  for (let times = 0; times < 2; times += 1) {
    await revoke(actor, apiKey.id);
    await inTransaction(world.database, (tx) => revokeRestToken(tx, deps, restToken.id));
  }
  const { rows } = await world.database.pool.query<{ entry: string }>(
    `select action || ' ' || subject || ' ' || (data->>'name') as entry from audit_entry
      where merchant_id = $1 and actor = $2 order by sequence`,
    [actor.merchantId, `key:${actor.keyId}`],
  );
  expect(rows.map(({ entry }) => entry)).toEqual([
    `CREATE_API_KEY key:${apiKey.id} Back end`,
    `CREATE_REST_TOKEN key:${restToken.id} Plugin`,
    `REVOKE_API_KEY key:${apiKey.id} Back end`,
    `REVOKE_REST_TOKEN key:${restToken.id} Plugin`,
  ]);
});

describe('A revoked key', () => {
  it('is good no more, from the first moment on where it was revoked', async () => {
    const actor = actorOf(await world.openShop());
    const { apiKey, secret } = await create(actor);
    const authenticator = createAuthenticator({ database: world.database, clock: world.clock, keyMode: 'test' });
    expect(await authenticator.authenticate(`Bearer ${secret}`)).toBeDefined();
    await revoke(actor, apiKey.id);
    authenticator.forget(apiKey.id);
    expect(await authenticator.authenticate(`Bearer ${secret}`)).toBeUndefined();
  });

  it('keeps the moment at which it was revoked first', async () => {
    const actor = actorOf(await world.openShop());
    const { apiKey } = await create(actor);
    const revokedAt = world.clock.now();
    await revoke(actor, apiKey.id);
    world.clock.pass({ ms: 1_000 });
    await revoke(actor, apiKey.id);
    expect(await world.database.prisma.apiKey.findUnique({ where: { id: apiKey.id } })).toMatchObject({ revokedAt });
  });

  it('was revoked by its own merchant, and by a key that may', async () => {
    const merchantId = await createMerchant(world.database);
    const [{ shop }, { shop: sister }] = [
      await createShop(world.database, { merchantId }),
      await createShop(world.database, { merchantId }),
    ];
    const { apiKey, secret } = await create(actorOf(shop), { shopId: shop.id });
    const { apiKey: wide } = await create(actorOf(shop));
    const strangers: [Actor, string][] = [
      [actorOf(await world.openShop()), apiKey.id],
      [actorOf(shop, { shopId: sister.id }), apiKey.id],
      // A key that is bound to one shop may not touch one that is good for all.
      [actorOf(shop, { shopId: shop.id }), wide.id],
      [actorOf(shop), randomUUID()],
    ];
    for (const [actor, id] of strangers) await expect(revoke(actor, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const reader = actorOf(shop, { scopes: ['payments:read'] });
    await expect(revoke(reader, apiKey.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await authenticate(`Bearer ${secret}`)).toBeDefined();
  });
});

it('Keys that are looked at in one moment are read by one statement', async () => {
  const shop = await world.openShop();
  const keys = await Promise.all(Array.from({ length: 20 }, () => create(actorOf(shop))));
  const authenticator = createAuthenticator({ database: world.database, clock: world.clock, keyMode: 'test' });
  using query = vi.spyOn(world.database.pool, 'query');
  const actors = await Promise.all(keys.map(({ secret }) => authenticator.authenticate(`Bearer ${secret}`)));
  expect(actors.map((actor) => actor?.keyId)).toEqual(keys.map(({ apiKey }) => apiKey.id));
  expect(query).toHaveBeenCalledTimes(1);
});
