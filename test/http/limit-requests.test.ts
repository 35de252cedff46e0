import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Incoming } from '../../src/http/client-address.ts';
import { createRequestLimits, type RequestLimits } from '../../src/http/limit-requests.ts';
import { createRouter } from '../../src/http/router.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createMetrics, type Metrics } from '../../src/kernel/metrics.ts';
import { createHttpWorld, type HttpWorld, posted, startServer } from './world.ts';

let metrics: Metrics;
const limitsOf = (given: Partial<Parameters<typeof createRequestLimits>[0]>): RequestLimits =>
  createRequestLimits({ perKey: 0, perAddress: 0, trustedProxies: [], metrics, log: createLog('silent'), ...given });
const from = (remoteAddress: string, forwardedFor?: string): Incoming => ({
  socket: { remoteAddress },
  headers: forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor },
});
const counted = async () =>
  [...(await metrics.write()).matchAll(/^bramka_limited_total\{limit="(\w+)",effect="(\w+)"\} (\d+)$/gm)].map(
    ([, ...parts]) => parts.join(' '),
  );

beforeEach(() => {
  metrics = createMetrics();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('The limit of a key', () => {
  it('refuses what is too many in a minute, says when to come again, and counts it', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const limits = limitsOf({ perKey: 2 });
    expect([await limits.ofKey('one'), await limits.ofKey('one')]).toEqual([undefined, undefined]);
    vi.advanceTimersByTime(17_001);
    expect(await limits.ofKey('one')).toMatchObject({
      code: 'RATE_LIMITED',
      message: 'At most 2 operations a minute of one API key are answered; come again in 43 seconds.',
      retryAfterSeconds: 43,
    });
    expect(await limits.ofKey('other')).toBeUndefined();
    vi.advanceTimersByTime(42_998);
    expect(await limits.ofKey('one')).toMatchObject({
      message: expect.stringContaining('come again in 1 second.'),
      retryAfterSeconds: 1,
    });
    vi.advanceTimersByTime(1);
    expect(await limits.ofKey('one')).toBeUndefined();
    expect(await counted()).toEqual(['key refused 2']);
  });

  it('is none when it is 0', async () => {
    const limits = limitsOf({ perAddress: 1 });
    for (let times = 0; times < 100; times += 1) expect(await limits.ofKey('one')).toBeUndefined();
  });
});

describe('A proxy that is not named in TRUSTED_PROXIES', () => {
  it('is warned about once, as all payers seem to be one', async () => {
    const warn = vi.fn();
    const limits = limitsOf({ trustedProxies: ['10.0.0.0/8'], log: { warn } });
    for (const given of [from('192.0.2.1'), from('10.0.0.1', '192.0.2.1'), undefined]) await limits.ofAddress(given);
    expect(warn).not.toHaveBeenCalled();
    for (const sender of ['172.16.0.1', '172.16.0.2']) await limits.ofAddress(from(sender, '192.0.2.1'));
    expect(warn.mock.calls).toEqual([
      [
        { sender: '172.16.0.1' },
        'X-Forwarded-For from 172.16.0.1 does not count; if that is your proxy, name it in TRUSTED_PROXIES, or all its clients have one address',
      ],
    ]);
  });
});

describe('The limit of an address', () => {
  it('counts each IPv4 address, and of IPv6 each /64', async () => {
    const limits = limitsOf({ perAddress: 1 });
    for (const address of ['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8:0:1::1']) {
      expect(await limits.ofAddress(from(address))).toBeUndefined();
    }
    for (const address of ['192.0.2.1', '::ffff:192.0.2.2', '2001:db8::2', '2001:db8:0:1:ffff::9']) {
      expect(await limits.ofAddress(from(address))).toMatchObject({
        code: 'RATE_LIMITED',
        message: expect.stringMatching(
          /^At most 1 requests a minute without an API key from one address are answered; come again in \d+ seconds\.$/,
        ),
      });
    }
    expect(await counted()).toEqual(['address refused 4']);
  });

  it('believes X-Forwarded-For only as far as proxies of ours wrote it', async () => {
    const limits = limitsOf({ perAddress: 1, trustedProxies: ['10.0.0.0/8'] });
    expect(await limits.ofAddress(from('10.0.0.1', '203.0.113.1'))).toBeUndefined();
    expect(await limits.ofAddress(from('10.0.0.2', '203.0.113.2'))).toBeUndefined();
    expect(await limits.ofAddress(from('10.0.0.2', '198.51.100.7, 203.0.113.1'))).toBeDefined();
    expect(await limits.ofAddress(from('192.0.2.1', '203.0.113.3'))).toBeUndefined();
    expect(await limits.ofAddress(from('192.0.2.1', '203.0.113.4'))).toBeDefined();
  });

  it('is none when it is 0', async () => {
    const limits = limitsOf({ perKey: 1 });
    for (let times = 0; times < 100; times += 1) expect(await limits.ofAddress(from('192.0.2.1'))).toBeUndefined();
  });
});

describe('The routes', () => {
  let world: HttpWorld;
  const browser = { accept: 'text/html', 'accept-language': 'en' };
  /** A server of its own, that answers one request of an address in a minute. */
  const serve = () => startServer({ router: createRouter({ ...world.deps, limits: limitsOf({ perAddress: 1 }) }) });

  beforeAll(async () => {
    world = await createHttpWorld();
  });
  afterAll(() => world.close());

  it.each([
    ['the page of a payment', '/pay/x', {}],
    ['the form of a shop', '/payment', posted({ a: 'b' })],
    ['the form with a language', '/en/payment', posted({ a: 'b' })],
    ['an address that nobody knows', '/wp-login.php', {}],
  ])('show browsers an error page with 429 for %s', async (_name, path, request: RequestInit) => {
    const { server, url } = await serve();
    expect((await fetch(`${url}${path}`, { ...request, headers: { ...request.headers, ...browser } })).status).not.toBe(
      429,
    );
    const page = await fetch(`${url}${path}`, { ...request, headers: { ...request.headers, ...browser } });
    const text = await page.text();
    await server.close();
    expect([page.status, Number(page.headers.get('retry-after'))]).toEqual([
      429,
      expect.toSatisfy((s) => s > 0 && s <= 60),
    ]);
    expect(text).toContain('<h1>Too many requests at once</h1>');
    expect(text).toContain('Wait a minute and reload the page: it shows how the payment really stands.');
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('have the page of a payment come again by itself, and no form', async () => {
    const { server, url } = await serve();
    const refreshOf = async (path: string, request: RequestInit = {}) => {
      const page = await fetch(`${url}${path}`, { ...request, headers: { ...request.headers, ...browser } });
      return [page.status, page.headers.get('refresh') ?? 'none', page.headers.get('retry-after')];
    };
    expect(await refreshOf('/pay/x')).toEqual([404, 'none', null]);
    const [status, refresh, retryAfter] = await refreshOf('/pay/x');
    expect([status, refresh]).toEqual([429, retryAfter]);
    expect(await refreshOf('/payment', posted({ a: 'b' }))).toEqual([429, 'none', expect.any(String)]);
    await server.close();
  });

  it('tell programs in a sentence, whatever proxies they make up', async () => {
    const { server, url } = await serve();
    const ask = (address: string) => fetch(`${url}/pay/x/events`, { headers: { 'x-forwarded-for': address } });
    expect((await ask('203.0.113.1')).status).toBe(404);
    const refused = await ask('203.0.113.2');
    expect([refused.status, await refused.json()]).toEqual([
      429,
      {
        status: 429,
        code: 'RATE_LIMITED',
        message: expect.stringMatching(/^At most 1 requests a minute .* come again in [1-6]?\d seconds\.$/),
      },
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await server.close();
  });

  it('never limit health and metrics', async () => {
    const { server, url } = await serve();
    await fetch(`${url}/pay/x`);
    expect((await fetch(`${url}/pay/x`)).status).toBe(429);
    for (const path of ['/health/live', '/health/ready', '/metrics', '/health/live', '/health/ready', '/metrics']) {
      expect([path, (await fetch(`${url}${path}`)).status]).toEqual([path, 200]);
    }
    await server.close();
  });
});
