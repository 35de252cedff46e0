import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Access, type ContractWorld, openWorld } from './world.ts';

let gateway: TestGateway;
let world: ContractWorld;

beforeAll(async () => {
  gateway = await startTestGateway();
  world = openWorld(gateway);
});

afterAll(() => gateway.stop());

const reason = 'He called from the number in the contract, and named the first payment.';
const reopen = (merchantId: string, more: { readonly reason?: string; readonly key?: string } = {}) =>
  world.run(
    'reopenAccess',
    { merchantId, reason: more.reason ?? reason },
    { key: more.key ?? gateway.demo.operatorKey, select: 'application { merchantId status }' },
  );

async function isGood(key: string): Promise<boolean> {
  const { errors } = await ask(gateway, '{ viewer { apiKey { id } } }', { key });
  return errors === undefined;
}

async function isGoodToken({ merchantId, shopId, restToken }: Access): Promise<boolean> {
  const headers = { authorization: `Bearer ${restToken}`, accept: 'application/json' };
  const { status } = await fetch(`${gateway.url}/v1/merchant/${merchantId}/service/${shopId}`, { headers });
  return status === 200;
}

describe('First keys that were lost', () => {
  it('are revoked by an operator, and handed over anew, once; keys that were made since stay good', async () => {
    const lost = await world.settle();
    const input = { name: 'First key', scopes: ['shops:read'] };
    const made = await world.run('createApiKey', input, { key: lost.apiKey, select: 'secret' });
    expect([await isGood(lost.apiKey), await isGoodToken(lost)]).toEqual([true, true]);
    expect(await world.claim(lost)).toMatchObject({ code: 'ACCESS_CLAIMED' });
    expect(await reopen(lost.merchantId)).toMatchObject({
      application: { merchantId: lost.merchantId, status: 'ACTIVE' },
    });
    expect([await isGood(lost.apiKey), await isGoodToken(lost)]).toEqual([false, false]);
    const access = (await world.claim(lost)) as unknown as Access;
    expect([await isGood(access.apiKey), await isGoodToken(access)]).toEqual([true, true]);
    expect(access).toMatchObject({ shopId: lost.shopId, serviceKey: lost.serviceKey });
    expect(await isGood(String(made.secret))).toBe(true);
    expect(await world.claim(lost)).toMatchObject({ code: 'ACCESS_CLAIMED' });
    const [entry] = await gateway.database.prisma.auditEntry.findMany({ where: { action: 'REOPEN_ACCESS' } });
    expect(entry).toMatchObject({ merchantId: lost.merchantId, actor: expect.stringMatching(/^operator:/) });
    expect(entry?.data).toEqual({ reason, revoked: [expect.any(String), expect.any(String)] });
  });

  it('are no affair of operators before they are handed over, without a reason, or of nobody', async () => {
    const applicant = await world.apply();
    expect(await reopen(applicant.merchantId)).toMatchObject({ code: 'WRONG_STATE' });
    expect(await reopen(gateway.demo.merchantId)).toMatchObject({ code: 'WRONG_STATE' });
    expect(await reopen(applicant.merchantId, { reason: ' ' })).toMatchObject({
      ...{ code: 'INVALID_INPUT', field: ['reason'] },
    });
    expect(await reopen('a'.repeat(20))).toMatchObject({ code: 'NOT_FOUND', field: ['merchantId'] });
    expect(await reopen(applicant.merchantId, { key: gateway.demo.apiKey })).toMatchObject({ code: 'FORBIDDEN' });
  });
});
