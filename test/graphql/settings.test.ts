import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { giveKeys } from '../auth/give-keys.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Outcome, type RunOptions, refusal, runMutation } from './run-mutation.ts';
import { allScopes, giveKey, settleTenant, type Tenant } from './world.ts';

let gateway: TestGateway;
let tenant: Tenant;

beforeAll(async () => {
  gateway = await startTestGateway();
  tenant = await settleTenant(gateway, { mark: 'settings' });
});

afterAll(() => gateway.stop());

const run = (name: string, input: object, options: RunOptions = {}): Promise<Outcome> =>
  runMutation(gateway, { name, input, key: tenant.key, ...options });

describe('keys', () => {
  const select = 'secret apiKey { id name hint shopId scopes expiresAt }';

  it('are made, work, are shown once, and stop working when they are revoked', async () => {
    const made = await run(
      'createApiKey',
      { name: ' CI ', scopes: ['payments:read'], shopId: tenant.shopId },
      { select },
    );
    const { secret, apiKey } = made as unknown as { secret: string; apiKey: { id: string } };
    expect(made).toMatchObject({
      apiKey: { name: 'CI', hint: secret.slice(-4), shopId: tenant.shopId, scopes: ['payments:read'] },
    });
    expect(secret).toMatch(/^bk_test_/);
    const list = '{ viewer { apiKey { id } apiKeys { id hint revokedAt } } }';
    const look = await ask<{ viewer: { apiKey: object } }>(gateway, '{ viewer { apiKey { id } } }', { key: secret });
    expect(look.data.viewer.apiKey).toEqual({ id: apiKey.id });
    const revoke =
      'mutation($id: ID!) { revokeApiKey(id: $id) { ... on RevokeApiKeySuccess { apiKey { id revokedAt } } } }';
    const revoked = await ask<{ revokeApiKey: { apiKey: { revokedAt: string } } }>(gateway, revoke, {
      variables: apiKey,
      key: tenant.key,
    });
    expect(revoked.data.revokeApiKey.apiKey.revokedAt).toMatch(/Z$/);
    expect((await ask(gateway, list, { key: secret })).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    const again = await ask(gateway, revoke, { variables: apiKey, key: tenant.key });
    expect(again.data).toEqual(revoked.data);
    const shown = JSON.stringify(await ask(gateway, list, { key: tenant.key }));
    expect(shown).toContain(apiKey.id);
    expect(shown).not.toContain(secret);
  });

  it('that are good are all listed, before those that are revoked or have expired', async () => {
    const { database } = gateway;
    const other = await settleTenant(gateway, { mark: 'many-keys' });
    const given = { merchantId: other.merchantId, kind: 'API' } as const;
    const list = async () => {
      const { data } = await ask<{ viewer: { apiKeys: { id: string }[] } }>(gateway, '{ viewer { apiKeys { id } } }', {
        key: other.key,
      });
      return data.viewer.apiKeys.map(({ id }) => id);
    };
    const good = await list();
    expect(good).toContain(other.keyId);
    await giveKeys(database, { ...given, count: 60, revokedAt: new Date() });
    await giveKeys(database, { ...given, count: 60, expiresAt: new Date('2020-01-01') });
    const listed = await list();
    expect([listed.slice(0, good.length), listed.length]).toEqual([good, 100]);
    await giveKeys(database, { ...given, count: 100 });
    expect((await list()).slice(100)).toEqual(good);
    expect(await run('createApiKey', { name: 'x', scopes: ['payments:read'] }, { key: other.key })).toEqual(
      refusal('WRONG_STATE', null),
    );
  });

  for (const [what, input, code, field] of [
    ['no scope', { name: 'x', scopes: [] }, 'INVALID_INPUT', ['scopes']],
    ['an unknown scope', { name: 'x', scopes: ['all'] }, 'INVALID_INPUT', ['scopes']],
    ['a scope named like what every object has', { name: 'x', scopes: ['constructor'] }, 'INVALID_INPUT', ['scopes']],
    ['an empty name', { name: '  ', scopes: ['payments:read'] }, 'INVALID_INPUT', ['name']],
    [
      'an expiry that has passed',
      { name: 'x', scopes: ['payments:read'], expiresAt: '2020-01-01T00:00:00Z' },
      'INVALID_INPUT',
      ['expiresAt'],
    ],
    ['a shop that is nowhere', { name: 'x', scopes: ['payments:read'], shopId: 'none' }, 'NOT_FOUND', ['shopId']],
  ] as const) {
    it(`are refused with ${what}`, async () => {
      expect(await run('createApiKey', input)).toEqual(refusal(code, field));
    });
  }

  it('cannot have more scopes, or more shops, than the key that makes them', async () => {
    const { merchantId, shopId } = tenant;
    const sister = await settleTenant(gateway, { mark: 'sister', merchantId });
    const scopes = allScopes.filter((scope) => scope !== 'refunds:write');
    const { secret: key } = await giveKey(gateway.database, { merchantId, shopId, scopes });
    const wish = { name: 'x', scopes: ['payments:read'] };
    expect(await run('createApiKey', { ...wish, scopes: ['refunds:write'] }, { key })).toEqual(
      refusal('INVALID_INPUT', ['scopes']),
    );
    expect(await run('createApiKey', { ...wish, shopId: sister.shopId }, { key })).toEqual(
      refusal('FORBIDDEN', ['shopId']),
    );
    expect(await run('createApiKey', wish, { key, select })).toMatchObject({ apiKey: { shopId } });
  });
});

describe('a shop', () => {
  it('is changed where something is given, cleared where null is, and left alone elsewhere', async () => {
    const { shopId } = tenant;
    const select = 'shop { name locale notificationUrl paymentValiditySeconds sandboxDelayMs }';
    const change = (settings: object): Promise<Outcome> => run('updateShop', { shopId, ...settings }, { select });
    const all = {
      name: 'Nowa',
      locale: 'de',
      notificationUrl: 'http://127.0.0.1:1/x',
      paymentValiditySeconds: 90,
      sandboxDelayMs: 5,
    };
    expect(await change(all)).toMatchObject({ shop: all });
    expect(await change({})).toMatchObject({ shop: all });
    const nothing = { notificationUrl: null, paymentValiditySeconds: null };
    expect(await change(nothing)).toMatchObject({ shop: { ...all, ...nothing } });
  });

  it.each(['name', 'locale', 'capture', 'sandboxDelayMs'])('always has a %s', async (field) => {
    const settings = { shopId: tenant.shopId, paymentValiditySeconds: 120, [field]: null };
    expect(await run('updateShop', settings)).toEqual(refusal('INVALID_INPUT', [field]));
  });

  it('is not changed by what is out of range', async () => {
    const { shopId } = tenant;
    for (const wrong of [
      { name: '' },
      { notificationUrl: 'x' },
      { paymentValiditySeconds: 59 },
      { sandboxDelayMs: -1 },
    ]) {
      expect(await run('updateShop', { shopId, ...wrong })).toEqual(refusal('INVALID_INPUT', Object.keys(wrong)));
    }
    expect(await run('rotateServiceKey', { shopId, overlapHours: 721 })).toEqual(
      refusal('INVALID_INPUT', ['overlapHours']),
    );
  });

  it('gets a new service key, and its old one stays good for a while', async () => {
    const made = await run('rotateServiceKey', { shopId: tenant.shopId }, { select: 'serviceKey oldValidUntil' });
    expect(made).toMatchObject({
      serviceKey: expect.stringMatching(/^[\w-]{36}$/),
      oldValidUntil: expect.stringMatching(/Z$/),
    });
    expect(made.serviceKey).not.toBe(tenant.serviceKey);
  });
});

describe('resendWebhook', () => {
  it('gives the notification, and says when there is none', async () => {
    const query =
      'mutation($id: ID!) { resendWebhook(deliveryId: $id) { ... on ResendWebhookSuccess { delivery { id status } } ... on Refusal { __typename code message field } } }';
    const send = (id: string) => ask(gateway, query, { variables: { id }, key: tenant.key });
    expect((await send(tenant.deliveryId)).data).toEqual({
      resendWebhook: { delivery: { id: tenant.deliveryId, status: 'DELIVERED' } },
    });
    expect((await send(tenant.paidId)).data).toEqual({ resendWebhook: refusal('NOT_FOUND', ['deliveryId']) });
  });
});
