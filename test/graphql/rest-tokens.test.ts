import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restScopes } from '../../src/auth/actor.ts';
import { giveKeys } from '../auth/give-keys.ts';
import { call } from '../imoje/rest/client.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Outcome, refusal, runMutation } from './run-mutation.ts';
import { allScopes, giveKey, settleTenant, type Tenant } from './world.ts';

let gateway: TestGateway;
let tenant: Tenant;

beforeAll(async () => {
  gateway = await startTestGateway();
  tenant = await settleTenant(gateway, { mark: 'tokens' });
});
afterAll(() => gateway.stop());

type Made = { readonly secret: string; readonly restToken: { readonly id: string } };
const select = 'secret restToken { id name hint createdAt expiresAt revokedAt }';
const make = (input: object, key: string = tenant.key): Promise<Outcome> =>
  runMutation(gateway, { name: 'createRestToken', input, key, select });

const revokeText =
  'mutation($id: ID!) { revokeRestToken(id: $id) { ... on RevokeRestTokenSuccess { restToken { id revokedAt } } ... on Refusal { code } } }';
const revoke = async (id: string, text: string = revokeText): Promise<unknown> =>
  (await ask(gateway, text, { variables: { id }, key: tenant.key })).data;

/** Calls the REST door with a token of the tenant. */
const services = (token: string) => {
  const { merchantId } = tenant;
  return call({ ...gateway, demo: { ...gateway.demo, merchantId, restToken: token } }, 'GET /services');
};

describe('Tokens of the REST door', () => {
  it('are made, open REST and nothing else, are shown once, and end at once when they are revoked', async () => {
    const made = (await make({ name: ' Shop plugin ' })) as unknown as Made;
    const { secret, restToken } = made;
    expect(secret).toMatch(/^[0-9a-z]{64}$/);
    expect(restToken).toMatchObject({ name: 'Shop plugin', hint: secret.slice(-4), expiresAt: null, revokedAt: null });
    const answer = await services(secret);
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining(tenant.shopId)]);
    expect((await ask(gateway, '{ viewer { merchant { id } } }', { key: secret })).errors).toBeDefined();
    const { rows } = await gateway.database.pool.query('select api_key::text as row from api_key where id = $1', [
      restToken.id,
    ]);
    expect(rows[0].row).not.toContain(secret);

    const first = await revoke(restToken.id);
    expect(first).toEqual({ revokeRestToken: { restToken: { id: restToken.id, revokedAt: expect.any(String) } } });
    expect((await services(secret)).status).toBe(401);
    expect(await revoke(restToken.id)).toEqual(first);
    const list = await ask(gateway, '{ viewer { restTokens { id name revokedAt } } }', { key: tenant.key });
    expect(JSON.stringify(list.data)).toContain(restToken.id);
    expect(JSON.stringify(list.data)).not.toContain(tenant.keyId);
  });

  it('end when they expire', async () => {
    const { secret, restToken } = (await make({ name: 'x', expiresAt: '2099-01-01T00:00:00Z' })) as unknown as Made;
    expect((await services(secret)).status).toBe(200);
    await gateway.database.pool.query("update api_key set expires_at = '2020-01-01' where id = $1", [restToken.id]);
    await expect.poll(async () => (await services(secret)).status).toBe(401);
  });

  it('are not revoked as API keys, nor API keys as tokens', async () => {
    const { restToken, secret } = (await make({ name: 'x' })) as unknown as Made;
    const asKey = 'mutation($id: ID!) { revokeApiKey(id: $id) { ... on Refusal { code } } }';
    expect(await revoke(restToken.id, asKey)).toEqual({ revokeApiKey: { code: 'NOT_FOUND' } });
    expect((await services(secret)).status).toBe(200);
    expect(await revoke(tenant.keyId)).toEqual({ revokeRestToken: { code: 'NOT_FOUND' } });
  });

  it('that are good are all listed, and a merchant has at most 100 of them', async () => {
    const { database } = gateway;
    const { merchantId, key } = await settleTenant(gateway, { mark: 'many-tokens' });
    const { restToken } = (await make({ name: 'x' }, key)) as unknown as Made;
    const list = async () => {
      const { data } = await ask<{ viewer: { restTokens: { id: string }[] } }>(
        gateway,
        '{ viewer { restTokens { id } } }',
        { key },
      );
      return data.viewer.restTokens.map(({ id }) => id);
    };
    const good = await list();
    expect(good).toContain(restToken.id);
    await giveKeys(database, { merchantId, kind: 'REST', count: 120, revokedAt: new Date() });
    const listed = await list();
    expect([listed.slice(0, good.length), listed.length]).toEqual([good, 100]);
    await giveKeys(database, { merchantId, kind: 'REST', count: 100 });
    expect((await list()).slice(100)).toEqual(good);
    expect(await make({ name: 'x' }, key)).toEqual(refusal('WRONG_STATE', null));
  });

  it('are refused without a name, or when they would have expired', async () => {
    expect(await make({ name: ' ' })).toEqual(refusal('INVALID_INPUT', ['name']));
    expect(await make({ name: 'x', expiresAt: '2020-01-01T00:00:00Z' })).toEqual(
      refusal('INVALID_INPUT', ['expiresAt']),
    );
  });

  it('are made by no key that may less than a token, nor seen by one that is bound to a shop', async () => {
    const { merchantId, shopId } = tenant;
    for (const lacking of restScopes) {
      const scopes = allScopes.filter((scope) => scope !== lacking);
      const { secret } = await giveKey(gateway.database, { merchantId, scopes });
      const refused = { __typename: 'Refusal', code: 'INVALID_INPUT', message: expect.stringContaining(lacking) };
      expect(await make({ name: 'x' }, secret)).toMatchObject(refused);
    }
    const { secret: bound } = await giveKey(gateway.database, { merchantId, shopId });
    expect(await make({ name: 'x' }, bound)).toMatchObject({ __typename: 'Refusal', code: 'FORBIDDEN' });
    const { data } = await ask(gateway, '{ viewer { restTokens { id } } }', { key: bound });
    expect(data).toEqual({ viewer: { restTokens: [] } });
  });
});
