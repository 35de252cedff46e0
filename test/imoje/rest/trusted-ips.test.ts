import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ask, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { call, type RestAnswer } from './client.ts';
import { settleStranger } from './settle-stranger.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ trustedProxies: ['127.0.0.1'] });
});
afterAll(() => gateway.stop());
afterEach(async () => {
  await gateway.database.pool.query("update merchant set trusted_ips = '{}'");
  // As an operator lifts the rule: behind the gateway's back, which counts as soon as it looks again.
  await expect.poll(async () => (await read('127.0.0.1')).body).toEqual({ trustedIps: [] });
});

const from = (ip: string) => ({ 'x-forwarded-for': ip });
const read = (ip: string): Promise<RestAnswer> => call(gateway, 'GET /settings/ips', { headers: from(ip) });
const trust = (ip: string, trustedIps: unknown): Promise<RestAnswer> =>
  call(gateway, 'PUT /settings/ips', { headers: from(ip), body: { trustedIps } });

describe('Trusted addresses', () => {
  it('are none at first, and then the token is good from those alone, in whatever form they came', async () => {
    expect((await read('192.0.2.1')).body).toEqual({ trustedIps: [] });
    const set = await trust('192.0.2.1', ['192.0.2.1', '::ffff:192.0.2.9', '2001:DB8:0:0::7', '192.0.2.1']);
    expect([set.status, set.body]).toEqual([200, { trustedIps: ['192.0.2.1', '192.0.2.9', '2001:db8::7'] }]);
    for (const ip of ['192.0.2.1', '192.0.2.9', '2001:db8:0::7']) {
      expect([ip, (await call(gateway, 'GET /services', { headers: from(ip) })).status]).toEqual([ip, 200]);
    }
    for (const request of ['GET /services', 'GET /settings/ips', 'GET /nothing']) {
      const refused = await call(gateway, request, { headers: from('192.0.2.2') });
      expect([refused.status, refused.body]).toMatchObject([403, { apiErrorResponse: { code: 'REQ-ERROR-100403' } }]);
      expect(refused.text).toContain('192.0.2.2');
    }
    expect((await trust('192.0.2.2', ['192.0.2.2'])).status).toBe(403);
  });

  it('are lifted by an empty list, for everybody at once', async () => {
    await trust('192.0.2.1', ['192.0.2.1']);
    expect((await trust('192.0.2.1', [])).body).toEqual({ trustedIps: [] });
    expect((await read('192.0.2.2')).status).toBe(200);
  });

  it('must hold the address that they are set from', async () => {
    const { status, body } = await trust('192.0.2.1', ['192.0.2.2']);
    expect(status).toBe(422);
    expect(body).toMatchObject({ apiErrorResponse: { errors: [{ path: 'trustedIps' }] } });
    expect((await read('192.0.2.1')).body).toEqual({ trustedIps: [] });
  });

  it.each([
    ['a range', ['192.0.2.0/24'], 'trustedIps.0'],
    ['three parts', ['192.0.2.1', '192.0.2'], 'trustedIps.1'],
    ['a zone', ['fe80::1%eth0'], 'trustedIps.0'],
    ['a name', ['shop.example'], 'trustedIps.0'],
    ['too many', Array.from({ length: 101 }, (_, n) => `192.0.2.${n}`), 'trustedIps'],
    ['a text', '192.0.2.1', 'trustedIps'],
    ['nothing', undefined, 'trustedIps'],
  ])('are refused for %s', async (_what, trustedIps, path) => {
    const { status, body } = await trust('192.0.2.1', trustedIps);
    expect([status, body]).toMatchObject([422, { apiErrorResponse: { errors: [{ path }] } }]);
  });

  it('bind neither another merchant nor API keys', async () => {
    const { merchantId, token } = await settleStranger(gateway);
    await trust('192.0.2.1', ['192.0.2.1']);
    const stranger = { ...gateway, demo: { ...gateway.demo, merchantId, restToken: token } };
    expect((await call(stranger, 'GET /settings/ips', { headers: from('192.0.2.2') })).body).toEqual({
      trustedIps: [],
    });
    const { errors } = await ask(gateway, '{ viewer { merchant { id } } }');
    expect(errors).toBeUndefined();
  });

  it('are kept in the audit log with what they were, each entry chained to the one before', async () => {
    await trust('192.0.2.1', ['192.0.2.1']);
    await Promise.all([trust('192.0.2.1', ['192.0.2.1', '192.0.2.3']), trust('192.0.2.1', ['192.0.2.1', '192.0.2.4'])]);
    const strangers = await Promise.all(Array.from({ length: 8 }, () => settleStranger(gateway)));
    const theirs = strangers.map(({ merchantId, token }) => {
      const stranger = { ...gateway, demo: { ...gateway.demo, merchantId, restToken: token } };
      return call(stranger, 'PUT /settings/ips', { headers: from('192.0.2.5'), body: { trustedIps: ['192.0.2.5'] } });
    });
    expect((await Promise.all(theirs)).map(({ status }) => status)).toEqual(strangers.map(() => 200));
    const { rows } = await gateway.database.pool.query(`
      select actor, action, subject, data, previous = lag(hash, 1, decode(repeat('00', 32), 'hex')) over w as chained,
        hash = sha256(previous || convert_to(jsonb_build_array(sequence, floor(extract(epoch from at) * 1000), merchant_id,
          actor, action, subject, data)::text, 'UTF8')) as genuine
      from audit_entry window w as (order by sequence) order by sequence`);
    expect(rows.every(({ chained, genuine }) => chained && genuine)).toBe(true);
    const [first, second, third, ...rest] = rows.slice(-11);
    expect(rest).toHaveLength(8);
    expect(first).toMatchObject({
      ...{ actor: expect.stringMatching(/^key:[0-9a-f-]{36}$/), action: 'TRUST_IPS' },
      ...{ subject: `merchant:${gateway.demo.merchantId}`, data: { before: [], after: ['192.0.2.1'] } },
    });
    expect(third.data.before).toEqual(second.data.after);
  });
});
