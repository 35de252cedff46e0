import { cp, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createClient } from '@bramka/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../cli/src/read-settings.ts';
import { watchAttempts } from '../../cli/src/watch-attempts.ts';
import { encodeCursor } from '../../src/kernel/events/cursor.ts';
import { notificationSignatureHeader } from '../../src/kernel/signature.ts';
import { listenSilently } from '../client/listen-silently.ts';
import { openWire } from '../client/open-wire.ts';
import { createPayment, giveKey } from '../graphql/world.ts';
import { updateShop } from '../start/pay.ts';
import { openShopInbox } from '../start/shop-inbox.ts';
import { createShop, type ShopValues } from '../support/factories.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { writeDropped } from '../support/write-events.ts';
import { answering, openShopServer } from '../webhooks/shop-server.ts';
import { endBramkas, runBramka, startBramka } from './run-bramka.ts';

let gateway: TestGateway;
let dataDir: string;
let env: Record<string, string>;
const printed: string[] = [];

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
  dataDir = await mkdtemp(join(tmpdir(), 'bramka-cli-'));
  await cp(join(gateway.config.dataDir, 'demo.json'), join(dataDir, 'demo.json'));
  env = { BRAMKA_DATA_DIR: dataDir };
});
afterAll(async () => {
  endBramkas();
  await gateway?.stop();
  await rm(dataDir, { recursive: true, force: true });
  const said = printed.join('\n');
  const { apiKey, serviceKey, restToken } = gateway.demo;
  for (const secret of [apiKey, serviceKey, restToken]) expect(said).not.toContain(secret);
});

/** Settings for another shop than the demo's, whose events are its own. */
async function openShop(values: ShopValues = {}) {
  const { shop, serviceKey } = await createShop(gateway.database, values);
  const { secret } = await giveKey(gateway.database, { merchantId: shop.merchantId });
  const keys = { BRAMKA_API_KEY: secret, BRAMKA_SERVICE_KEY: serviceKey };
  return { ...env, BRAMKA_URL: gateway.url, BRAMKA_SHOP_ID: shop.id, ...keys };
}

/** A way to the gateway that can swallow what is sent on it, for a shop of its own. */
async function openWay() {
  const wire = await openWire(gateway.url);
  return { wire, settings: { ...(await openShop()), BRAMKA_URL: wire.url } };
}

/** Has Node tidy its memory ten times a second. */
const tidyScript = `import v8 from 'node:v8'; import vm from 'node:vm'; v8.setFlagsFromString('--expose-gc');
  setInterval(vm.runInNewContext('gc'), 100).unref();`;
const tidying = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(tidyScript)}` };

async function run(args: readonly string[], settings: Record<string, string> = env) {
  const ran = await runBramka(args, settings);
  printed.push(...ran.lines, ...ran.remarks);
  return ran;
}
const json = (lines: readonly string[]) => lines.map((line) => JSON.parse(line));

describe('`bramka pay`', () => {
  it('makes a payment, pays it in the sandbox, and prints its address', async () => {
    const { code, lines } = await run(['pay', '--amount', '12345', '--order', 'CLI/17']);
    expect(code).toBe(0);
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^${gateway.url}/pay/[0-9a-f-]{36}$`)),
      'Paid: 123.45 PLN, commission 1.96 PLN.',
    ]);
  });

  it('says why it was not paid, with exit code 1, and only makes it when it is to', async () => {
    const refused = await run(['pay', '--blik', '960111', '--json']);
    expect(refused.code).toBe(1);
    // The payer may try again, so the payment is open.
    const transaction = { status: 'REJECTED', reason: 'INSUFFICIENT_FUNDS' };
    expect(json(refused.lines)).toMatchObject([{ status: 'NEW', transaction }]);
    expect(refused.remarks).toEqual(['It was not paid: REJECTED (INSUFFICIENT_FUNDS, BLK-ERROR-210015).']);
    const made = await run(['pay', '--no-pay', '--currency', 'EUR', '--json']);
    expect(json(made.lines)).toMatchObject([{ status: 'NEW', amount: { amount: 1_234, currency: 'EUR' } }]);
  });

  it('tells programs of the payment also when nothing is known of its outcome in time', async () => {
    const late = await run(['pay', '--blik', '700000', '--timeout', '3', '--json'], await openShop());
    expect(late).toMatchObject({ code: 1, remarks: ['It did not happen within 3 s.'] });
    expect(json(late.lines)).toMatchObject([{ id: expect.any(String), transaction: null }]);
  });

  it('ends with 130 when Ctrl-C ended it before it was done, whatever it was waiting for', async () => {
    const silent = await listenSilently();
    const settings = { ...env, BRAMKA_URL: silent.url, BRAMKA_API_KEY: 'bk_test_any', BRAMKA_SHOP_ID: 'any' };
    for (const args of [['pay'], ['pay', '--no-pay'], ['trigger', 'PAYMENT_CREATED'], ['logs']]) {
      const waiting = startBramka(args, settings);
      await expect.poll(silent.open).toBeGreaterThan(0);
      expect(await waiting.end('SIGINT')).toBe(130);
      expect(waiting.remarks.items).toEqual([]);
      await expect.poll(silent.open).toBe(0);
    }
    await silent.close();
  });

  it('cancels the payment when Ctrl-C ends the attempt, also when npx says it twice, and tells programs of it', async () => {
    const { wire, settings } = await openWay();
    wire.swallow(['startTransaction']);
    const paying = startBramka(['pay', '--json'], settings);
    await expect.poll(wire.swallowed).toBe(1);
    void paying.end('SIGINT');
    expect(await paying.end('SIGINT')).toBe(130);
    expect(json(paying.lines.items)).toMatchObject([{ status: 'CANCELLED', transaction: null }]);
    await wire.close();
  });

  it('says that the payment may be open when it could not be cancelled, and waits no longer when it is told again', async () => {
    const { wire, settings } = await openWay();
    wire.swallow(['startTransaction', 'cancelPayment']);
    for (const signals of [['SIGINT'], ['SIGINT', 'SIGTERM']] as const) {
      const before = wire.swallowed();
      const paying = startBramka(['pay'], settings);
      await expect.poll(wire.swallowed).toBe(before + 1);
      const ended = paying.end(signals[0]);
      await expect.poll(wire.swallowed).toBe(before + 2);
      // Sooner it would be taken for the first one.
      await setTimeout(600);
      if (signals[1]) await paying.end(signals[1]);
      expect(await ended).toBe(signals[1] ? 143 : 130);
      const [url] = paying.lines.items;
      const remark = `The payment could not be cancelled; it may be open at ${url}.`;
      expect(paying.remarks.items).toEqual(signals[1] ? [] : [remark]);
    }
    await wire.close();
  });

  it('keeps to its time although Node 20 forgets timers that are only part of another signal', async () => {
    const settings = { ...(await openShop()), ...tidying };
    const late = await run(['pay', '--blik', '700000', '--timeout', '3'], settings);
    expect(late).toMatchObject({ code: 1, remarks: ['It did not happen within 3 s.'] });
  });

  it.each([[['pay', '--no-pay']], [['--help']]])('says that what it prints cannot be written: %s', async (args) => {
    const full = await open('/dev/full', 'w');
    const { code, remarks } = await runBramka(args, env, full.fd);
    await full.close();
    expect({ code, remarks }).toEqual({ code: 1, remarks: [expect.stringContaining('ENOSPC')] });
  });
});

describe('`bramka trigger`', () => {
  it.each([
    ['PAYMENT_CANCELLED', { paymentStatus: 'CANCELLED' }],
    ['transaction.error', { transactionStatus: 'ERROR' }],
    ['CAPTURE_REJECTED', { captureStatus: 'REJECTED' }],
    ['void-settled', { voidStatus: 'SETTLED' }],
    ['REFUND_SETTLED', { refundStatus: 'SETTLED' }],
    ['PROFILE_DEACTIVATED', { profileStatus: 'DEACTIVATED' }],
  ])('makes %s happen and prints it', async (name, event) => {
    const { code, lines, remarks } = await run(['trigger', name, '--json']);
    expect({ code, remarks }).toEqual({ code: 0, remarks: [] });
    expect(json(lines)).toMatchObject([event]);
  });
});

it('`bramka trigger` says at once that its key may not do what the event takes', async () => {
  const { merchantId, shopId } = gateway.demo;
  const { secret } = await giveKey(gateway.database, { merchantId, scopes: ['payments:read'] });
  const settings = { BRAMKA_URL: gateway.url, BRAMKA_API_KEY: secret, BRAMKA_SHOP_ID: shopId };
  const refused = await run(['trigger', 'PAYMENT_CREATED', '--timeout', '3600'], settings);
  expect(refused).toMatchObject({ code: 1, lines: [], remarks: [expect.stringContaining('(FORBIDDEN)')] });
});

// Each does little but wait, so they wait together, and long enough for all to get as far; each has a shop of its own.
describe.concurrent('while it waits,', () => {
  it('`bramka trigger` leaves alone what others store in the same shop meanwhile', async ({ expect }) => {
    const settings = await openShop();
    const { BRAMKA_API_KEY: apiKey, BRAMKA_SHOP_ID: shopId } = settings;
    const shop = { url: gateway.url, demo: { ...gateway.demo, apiKey, shopId } };
    const pending =
      'query ($shopId: ID!) { payments(shopId: $shopId, filter: { status: [PENDING] }) { edges { cursor } } }';
    const countPending = async () => {
      const { data } = await ask<{ payments: { edges: object[] } }>(shop, pending, { variables: { shopId } });
      return data.payments.edges.length;
    };
    await updateShop(shop, { sandboxDelayMs: 8_000 });
    const slow = ['PROFILE_ACTIVE', 'PROFILE_DEACTIVATED'].map((type) =>
      startBramka(['trigger', type, '--json'], settings),
    );
    await expect.poll(countPending).toBe(2);
    await updateShop(shop, { sandboxDelayMs: 0 });
    const { lines } = await run(['trigger', 'PROFILE_ACTIVE', '--json'], settings);
    const ids = [json(lines)[0].profile.id];
    for (const { ended, lines } of slow) {
      expect(await ended).toBe(0);
      ids.push(json(lines.items)[0].profile.id);
    }
    expect(new Set(ids).size).toBe(3);
  });

  it('`bramka pay` says where to look when the outcome does not come in time', async () => {
    const late = await run(['pay', '--timeout', '10'], await openShop({ sandboxDelayMs: 60_000 }));
    const [address] = late.lines;
    expect(late).toMatchObject({
      code: 1,
      remarks: [`Whether it was paid is not known; see ${address}.`, 'It did not happen within 10 s.'],
    });
  });

  it('`bramka pay` keeps to its time also while a call is not answered, and cancels the payment then', async () => {
    const { wire, settings } = await openWay();
    wire.swallow(['startTransaction']);
    const late = await run(['pay', '--timeout', '10', '--json'], settings);
    expect(late).toMatchObject({ code: 1, remarks: ['It did not happen within 10 s.'] });
    expect(json(late.lines)).toMatchObject([{ status: 'CANCELLED', transaction: null }]);
    await wire.close();
  });

  it('`bramka pay` tells of the payment also when it cannot be read once more', async () => {
    const { wire, settings } = await openWay();
    wire.swallow(['query payment(']);
    const paid = await run(['pay', '--timeout', '10', '--json'], settings);
    expect(wire.swallowed()).toBeGreaterThan(0);
    expect(paid).toMatchObject({ code: 0, remarks: [] });
    expect(json(paid.lines)).toMatchObject([{ status: 'SETTLED', transaction: { status: 'SETTLED' } }]);
    await wire.close();
  });
});

describe('`bramka listen`', () => {
  const args = (name: string) => ['--place', join(dataDir, `${name}.json`)];

  it('begins now, goes on where it was left, and prints what it was asked for', async () => {
    const first = startBramka(['listen', '--types', 'payment_created', ...args('print')], env);
    const [remark] = await first.remarks.until((said) => said.length > 0);
    expect(remark).toContain(`Listening to shop ${gateway.demo.shopId} from now on`);
    await expect.poll(() => readdir(dataDir)).toContain('print.json');
    expect(await first.end('SIGINT')).toBe(0);
    expect(first.lines.items).toEqual([]);
    await run(['pay', '--no-pay', '--order', 'CLI/asleep']);
    await run(['trigger', 'PAYMENT_CANCELLED']);
    const second = startBramka(['listen', '--json', '--types', 'PAYMENT_CREATED', ...args('print')], env);
    const lines = await second.lines.until((said) => said.length === 2);
    expect(await second.end('SIGINT')).toBe(0);
    expect(json(lines)).toMatchObject([{ payment: { orderId: 'CLI/asleep' } }, { type: 'PAYMENT_CREATED' }]);
  });

  it('posts notifications as the webhook of the shop would, byte for byte, and also those that are sent again', async () => {
    const [theirs, local] = await Promise.all([openShopInbox(), openShopInbox()]);
    try {
      await updateShop(gateway, { notificationUrl: theirs.url });
      const listener = startBramka(['listen', '--forward', local.url, ...args('forward')], env);
      await expect.poll(() => readdir(dataDir)).toContain('forward.json');
      await run(['pay']);
      const sent = await local.inbox.until((all) => all.some(({ told }) => told.transaction.status === 'settled'));
      await theirs.inbox.until((all) => all.some(({ told }) => told.transaction.status === 'settled'));
      for (const { body, headers, told } of sent) {
        const { merchantId, serviceId, serviceKey } = gateway.demo;
        const header = notificationSignatureHeader({ merchantId, serviceId, serviceKey, body });
        expect(headers['x-imoje-signature']).toBe(header);
        const same = theirs.inbox.items.find((item) => item.told.transaction.status === told.transaction.status);
        if (same) expect(same.body).toBe(body);
      }
      const before = sent.length;
      await resendLast();
      const all = await local.inbox.until((items) => items.length > before);
      expect(all.at(-1)?.body).toBe(theirs.inbox.items.at(-1)?.body);
      expect(await listener.end('SIGINT')).toBe(0);
      printed.push(...listener.lines.items, ...listener.remarks.items);
    } finally {
      await updateShop(gateway, { notificationUrl: null });
      await Promise.all([theirs.close(), local.close()]);
    }
  });

  it('says that it lost its gateway, and that it is connected again, and posts to servers of Standard Webhooks that take any 2xx', async () => {
    const { wire, settings } = await openWay();
    const server = await openShopServer();
    try {
      server.answer(answering(204));
      const secret = { BRAMKA_WEBHOOK_SECRET: 'whsec_dGVhcG90' };
      const target = ['--forward', server.url, '--form', 'standard'];
      const listener = startBramka(['listen', ...target, ...args('standard')], { ...settings, ...secret });
      await listener.remarks.until((said) => said.length === 1);
      wire.cut();
      const remarks = await listener.remarks.until((said) => said.includes('Connected again.'));
      expect(remarks[0]).toMatch(/^Listening to shop .* from now on; /);
      expect(remarks[1]).toMatch(/^The connection to the gateway was lost\. Trying again in \d\.\d s\.$/);
      await run(['pay', '--no-pay'], settings);
      expect(await listener.lines.until((said) => said.length === 1)).toEqual([
        expect.stringMatching(/PAYMENT_CREATED +204$/),
      ]);
      expect(await listener.end('SIGINT')).toBe(0);
    } finally {
      await Promise.all([server.close(), wire.close()]);
    }
  });

  it('keeps the place of --after before an event comes, and goes on there the next time', async () => {
    const after = encodeCursor(gateway.demo.shopId, 1n);
    const first = startBramka(['listen', '--after', after, '--types', 'SHOP_CLOSED', ...args('after')], env);
    await first.remarks.until((said) => said.length > 0);
    expect(await first.end('SIGINT')).toBe(0);
    expect(JSON.parse(await readFile(join(dataDir, 'after.json'), 'utf8'))).toMatchObject({ cursor: after });
  });

  it('keeps the place of one who wants some kinds apart from that of one who wants all', async () => {
    const places = () => readdir(join(dataDir, 'listen')).catch(() => []);
    for (const [index, types] of [[], ['--types', 'REFUND_SETTLED'], ['--types', 'refund_settled']].entries()) {
      const listener = startBramka(['listen', ...types], env);
      await listener.remarks.until((said) => said.length === 1);
      expect(await listener.end('SIGTERM')).toBe(0);
      expect(await places()).toHaveLength(Math.min(index + 1, 2));
    }
  });

  it('says what to do when its place is older than the events that are kept, and that helps', async () => {
    const settings = await openShop();
    const shop = { id: settings.BRAMKA_SHOP_ID };
    await writeDropped(gateway.database, shop.id, 2);
    await createPayment(gateway, { key: settings.BRAMKA_API_KEY, shopId: shop.id, mark: 'slept' });
    const file = join(dataDir, 'slept.json');
    await writeFile(file, JSON.stringify({ shopId: shop.id, cursor: encodeCursor(shop.id, 1n) }));
    for (const more of [[], ['--forward', 'http://127.0.0.1:1/']]) {
      const ran = await run(['listen', ...more, ...args('slept')], { ...settings, BRAMKA_SERVICE_KEY: 'any' });
      expect(ran).toMatchObject({ code: 1, lines: [] });
      expect(ran.remarks).toEqual([
        `Events behind the place in ${file} are no longer kept; begin with the first that is by --from-start, or now by removing the file, and read the present state once it listens. (CURSOR_EXPIRED)`,
      ]);
    }
    const named = await run(['listen', '--after', encodeCursor(shop.id, 1n), ...args('slept')], settings);
    expect(named.remarks).toEqual([
      expect.stringMatching(
        /; take the endOfLog .*, read the present state, then go on from that cursor\. \(CURSOR_EXPIRED\)$/,
      ),
    ]);
    const behind = startBramka(['listen', '--after', encodeCursor(shop.id, 2n), ...args('behind')], settings);
    expect((await behind.remarks.until((said) => said.length > 0))[0]).toContain(' behind the event of --after; ');
    expect(await behind.lines.until((said) => said.length === 1)).toEqual([expect.stringMatching(/^ +3 /)]);
    expect(await behind.end('SIGINT')).toBe(0);
    const anew = startBramka(['listen', '--from-start', '--json', ...args('slept')], settings);
    expect(json(await anew.lines.until((said) => said.length === 1))).toMatchObject([{ number: 3 }]);
    expect(await anew.end('SIGINT')).toBe(0);
    expect(JSON.parse(await readFile(file, 'utf8')).cursor).toBe(encodeCursor(shop.id, 3n));
  });

  it('keeps the place of an event that was taken while it was told to stop, and waits for nothing when told twice', async () => {
    const server = await openShopServer();
    const held: ServerResponse[] = [];
    server.answer((_request, response) => held.push(response));
    const settings = { ...(await openShop()), BRAMKA_WEBHOOK_SECRET: 'whsec_dGVhcG90' };
    const start = () =>
      startBramka(['listen', '--forward', server.url, '--form', 'standard', ...args('told')], settings);
    const isWaiting = (said: readonly string[]) => said.some((line) => line.includes(' is waited for; '));
    const first = start();
    await first.remarks.until((said) => said.length === 1);
    await run(['pay', '--no-pay'], settings);
    await expect.poll(() => held.length).toBe(1);
    const ended = first.end('SIGINT');
    await first.remarks.until(isWaiting);
    held[0]?.end();
    expect(await ended).toBe(0);
    expect(first.lines.items).toEqual([expect.stringMatching(/PAYMENT_CREATED +200$/)]);

    const second = start();
    await run(['pay', '--no-pay'], settings);
    await expect.poll(() => held.length).toBe(2);
    const ids = server.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(2);
    let code: number | undefined;
    const tellAgain = () => {
      void second.end('SIGINT').then((ended) => (code = ended));
      return code;
    };
    await expect.poll(tellAgain).toBe(130);
    expect(second.lines.items).toEqual([]);
    await server.close();
  });

  it('follows, after a moment, also a gateway that does not say whether it knows the place', async () => {
    const asked: string[] = [];
    const silent = await listenSilently((_socket, first) => asked.push(String(first)));
    const settings = { ...env, ...tidying, BRAMKA_URL: silent.url, BRAMKA_API_KEY: 'bk_test_a', BRAMKA_SHOP_ID: 'a' };
    const listener = startBramka(['listen', '--after', 'AAAA', ...args('unsaid')], settings);
    await expect.poll(() => asked.map((head) => /^upgrade: websocket/im.test(head))).toEqual([false, true]);
    expect(await listener.end('SIGINT')).toBe(0);
    await silent.close();
  });

  it('goes on with the next event after a server has answered three times with anything but 200', async () => {
    const server = await openShopServer();
    try {
      let answers = 0;
      server.answer((request, response) => answering(++answers <= 3 ? 500 : 200)(request, response));
      const settings = await openShop({ sandboxDelayMs: 1_000 });
      const listener = startBramka(['listen', '--forward', server.url, '--json', ...args('refused')], settings);
      await expect.poll(() => readdir(dataDir)).toContain('refused.json');
      await run(['pay'], settings);
      const lines = await listener.lines.until((said) => said.length === 2);
      expect(json(lines)).toMatchObject([
        { type: 'TRANSACTION_PENDING', status: 500 },
        { type: 'TRANSACTION_SETTLED', status: 200 },
      ]);
      expect(listener.remarks.items.at(-1)).toMatch(/ answered 500 instead of 200; trying again in 1 s\.$/);
      await listener.end('SIGINT');
    } finally {
      await server.close();
    }
  });
});

describe('`bramka logs`', () => {
  it('says that it lost its gateway, and that it is connected again', async () => {
    const { wire, settings } = await openWay();
    await run(['pay', '--no-pay'], settings);
    const follower = startBramka(['logs', '--follow'], settings);
    await follower.lines.until((said) => said.length === 1);
    await run(['pay', '--no-pay'], settings);
    await follower.lines.until((said) => said.length === 2);
    wire.cut();
    const remarks = await follower.remarks.until((said) => said.includes('Connected again.'));
    expect(remarks[0]).toMatch(/^The connection to the gateway was lost\. Trying again in \d\.\d s\.$/);
    await run(['pay', '--no-pay'], settings);
    await follower.lines.until((said) => said.length === 3);
    expect(await follower.end('SIGINT')).toBe(0);
    await wire.close();
  });

  it('shows what happened, and goes on with what happens and with each try to deliver a notification', async () => {
    for (const order of ['CLI/shown1', 'CLI/shown2']) await run(['pay', '--order', order]);
    const shown = await run(['logs', '--lines', '5', '--json']);
    expect(shown.lines).toHaveLength(5);
    const server = await openShopServer();
    try {
      await updateShop(gateway, { notificationUrl: server.url });
      const follower = startBramka(['logs', '--follow', '--lines', '1'], env);
      await follower.lines.until((said) => said.length === 1);
      await run(['pay']);
      // The first line is of before, and may be of a notification too.
      const isDelivered = (line: string, at: number) => at > 0 && line.includes('DELIVERED');
      const lines = await follower.lines.until(
        (said) => said.some((line) => / {2}PAYMENT_SETTLED /.test(line)) && said.some(isDelivered),
      );
      expect(lines.find(isDelivered)).toMatch(/^webhook +\d+ .* try 1: 200 in \d+ ms/);
      expect(await follower.end('SIGINT')).toBe(0);
    } finally {
      await updateShop(gateway, { notificationUrl: null });
      await server.close();
    }
  });

  it('misses no try that was made between what it shows first and what it follows', async () => {
    const server = await openShopServer();
    const settings = await readSettings({}, env);
    const client = createClient({ url: settings.url, apiKey: settings.apiKey });
    const newest = async () => (await client.webhookDeliveries({ shopId: settings.shopId, first: 100 })).nodes;
    try {
      const shown = await newest();
      await updateShop(gateway, { notificationUrl: server.url });
      await run(['pay']);
      const told = { url: server.url, status: 'DELIVERED', body: expect.stringMatching(/"status": ?"settled"/) };
      await expect.poll(async () => (await newest())[0]).toMatchObject(told);
      const { signal } = new AbortController();
      const { value } = await watchAttempts({ client, settings, signal }, shown).next();
      expect(value).toMatchObject({ delivery: { url: server.url }, attempt: { number: 1 } });
      // Whoever forwards has shown nothing, and posts none of those tries again at each of his starts.
      const ending = new AbortController();
      const webhookDeliveries: typeof client.webhookDeliveries = async (...given) => {
        const page = await client.webhookDeliveries(...given);
        setImmediate(() => ending.abort());
        return page;
      };
      const forwarding = { client: { ...client, webhookDeliveries }, settings, signal: ending.signal };
      expect(await watchAttempts(forwarding).next()).toMatchObject({ done: true });
    } finally {
      await updateShop(gateway, { notificationUrl: null });
      await server.close();
    }
  });
});

describe('`bramka` says in one sentence what is wrong', () => {
  const other = () => ({
    BRAMKA_URL: gateway.url,
    BRAMKA_API_KEY: gateway.demo.apiKey,
    BRAMKA_SHOP_ID: gateway.demo.shopId,
  });
  it.each([
    ['no gateway', ['pay'], () => ({}), 2, /^No gateway is named and \.bramka\/demo\.json cannot be read: /],
    [
      'no key',
      ['pay'],
      () => ({ BRAMKA_URL: gateway.url }),
      2,
      /^An API key is missing: .* Of demo\.json nothing is used /,
    ],
    [
      'no key at all',
      ['trigger', 'PAYMENT_CREATED'],
      () => ({ ...other(), BRAMKA_API_KEY: 'hello' }),
      1,
      /\(UNAUTHENTICATED\)$/,
    ],
    [
      'a key of production',
      ['trigger', 'PAYMENT_CREATED'],
      () => ({ ...other(), BRAMKA_API_KEY: 'bk_live_1' }),
      1,
      /^Only a sandbox makes events on demand, and this key \(bk_live_…\) is of no sandbox\.$/,
    ],
    ['no shop', ['pay'], () => ({ ...other(), BRAMKA_SHOP_ID: undefined }), 2, /^A shop is missing: /],
    ['no address', ['pay', '--url', 'pay.example', '--shop', 'a'], other, 2, /^url must be an address /],
    ['an unknown command', ['lisen'], () => env, 2, /unknown command 'lisen'/],
    ['a time that is none', ['pay', '--timeout', '86401'], () => env, 2, /It must be a whole number from 1 to 86400\./],
    [
      'an amount that is none',
      ['pay', '--amount', '1.5'],
      () => env,
      2,
      /whole number of minor units \(1250 is 12\.50\) from 1 to 999999999\./,
    ],
    [
      'an event that cannot be made',
      ['trigger', 'PAYOUT_SENT'],
      () => env,
      2,
      /^PAYOUT_SENT cannot be made on demand; .* What time alone brings comes by advanceClock /,
    ],
    [
      'two beginnings',
      ['listen', '--after', 'a', '--from-start'],
      () => env,
      2,
      /^Give either --after or --from-start/,
    ],
    ['no six digits', ['pay', '--blik', '12345'], () => env, 2, /A BLIK code has six digits\./],
    [
      'a form of nothing',
      ['listen', '--form', 'standard'],
      () => env,
      2,
      /^--form says what is posted; give --forward/,
    ],
    ['an empty order', ['pay', '--order', ''], () => env, 1, /^orderId must .*\(INVALID_INPUT\)$/],
    ['no kinds', ['listen', '--types', ','], () => env, 2, /Name at least one kind of event\./],
    ['no address to post to', ['listen', '--forward', 'hook'], () => env, 2, /^--forward takes an address such as /],
    [
      'an address with a password',
      ['listen', '--forward', 'http://me:secret@127.0.0.1:1/'],
      () => env,
      2,
      /^--forward takes an address without a name and a password\.$/,
    ],
    ['no service key', ['listen', '--forward', 'http://127.0.0.1:1/'], other, 2, /^The imoje form is signed by /],
    ['a bad cursor', ['listen', '--after', 'AAAA'], () => env, 1, /\(CURSOR_INVALID\)$/],
    ['a bad key', ['pay'], () => ({ ...other(), BRAMKA_API_KEY: 'bk_test_wrong' }), 1, /\(UNAUTHENTICATED\)$/],
    [
      'nobody there',
      ['pay', '--url', 'http://127.0.0.1:1'],
      other,
      1,
      /^The gateway at http:\/\/127\.0\.0\.1:1 cannot be reached\. Start it, or say where it is by --url or BRAMKA_URL\. \(CONNECTION_FAILED\)$/,
    ],
    ['a strange kind', ['listen', '--types', 'PAYMENT_SETTLED,PAID'], () => env, 2, /no kind of event PAID; docs/],
  ] as const)('%s', async (_what, args, settings, code, sentence) => {
    const given = Object.fromEntries(Object.entries(settings()).filter(([, value]) => value !== undefined));
    const place = args[0] === 'listen' ? ['--place', join(dataDir, 'wrong.json')] : [];
    const ran = await run([...args, ...place], given as Record<string, string>);
    expect(ran).toMatchObject({ code, lines: [] });
    expect(ran.remarks.join('\n')).toMatch(new RegExp(sentence, 'm'));
    // What it cannot do at all it does not begin.
    if (code === 2) expect(ran.remarks.join()).not.toContain('Listening');
  });

  it('a place of another shop', async () => {
    const file = join(dataDir, 'foreign.json');
    await writeFile(file, '{"shopId":"other","cursor":"a"}');
    const ran = await run(['listen', '--place', file]);
    expect(ran).toMatchObject({
      code: 2,
      remarks: [expect.stringContaining('does not hold a place in the log of shop')],
    });
  });

  it('a place that cannot be read, which is no reason to begin anew', async () => {
    const ran = await run(['listen', '--place', dataDir]);
    expect(ran).toMatchObject({ code: 2, remarks: [expect.stringContaining('cannot be read (EISDIR)')] });
  });

  it('a place of a listener with another purpose, which passed over or posted elsewhere what this one waits for', async () => {
    await run(['pay', '--no-pay']);
    const file = join(dataDir, 'purpose.json');
    const place = { shopId: gateway.demo.shopId, cursor: encodeCursor(gateway.demo.shopId, 1n) };
    const kept = [
      [{ target: null, types: ['PAYMENT_CREATED', 'PAYMENT_SETTLED'] }, 'prints PAYMENT_CREATED,PAYMENT_SETTLED'],
      [
        { target: 'http://127.0.0.1:2/?key=veryOwnSecret', form: 'imoje', types: [] },
        'posts all kinds to http://127.0.0.1:2/ (imoje)',
      ],
      [
        { target: 'http://127.0.0.1:1/', form: 'standard', types: [] },
        'posts all kinds to http://127.0.0.1:1/ (standard)',
      ],
    ] as const;
    for (const [purpose, words] of kept) {
      await writeFile(file, JSON.stringify({ ...place, ...purpose }));
      const ran = await run(['listen', '--forward', 'http://127.0.0.1:1/', '--place', file]);
      const sentence = `${file} holds the place of a listener that ${words}; name another file by --place, or begin anew by --from-start or --after.`;
      expect(ran).toMatchObject({ code: 2, remarks: [sentence] });
    }
    // Earlier versions kept no purpose.
    await writeFile(file, JSON.stringify(place));
    for (const types of ['payment_settled,payment_created', 'PAYMENT_CREATED,PAYMENT_SETTLED,PAYMENT_CREATED']) {
      const listener = startBramka(['listen', '--types', types, '--place', file], env);
      const [remark] = await listener.remarks.until((said) => said.length > 0);
      expect(remark).toContain(' from where it was left; ');
      expect(await listener.end('SIGINT')).toBe(0);
    }
  });

  it('a place that cannot be kept, before anything is posted, and leaves no draft', async () => {
    const folder = await mkdtemp(join(dataDir, 'folder-'));
    const server = await openShopServer();
    const below = join(dataDir, 'demo.json', 'place.json');
    for (const [file, code] of [[folder, 'EISDIR'] as const, [below, 'E(EXIST|NOTDIR)'] as const]) {
      const ran = await run(['listen', '--from-start', '--forward', server.url, '--place', file]);
      expect(ran).toMatchObject({ code: 1, lines: [] });
      expect(ran.remarks).toEqual([
        expect.stringMatching(new RegExp(`^The place cannot be kept in ${file} \\(${code}\\); name one by --place`)),
      ]);
    }
    expect(server.received).toEqual([]);
    expect((await readdir(dataDir)).filter((name) => /\.\d+$/.test(name))).toEqual([]);
    await server.close();
  });

  it('its version', async () => {
    expect(await run(['--version'], {})).toMatchObject({ code: 0, lines: [expect.stringMatching(/^\d+\.\d+\.\d+$/)] });
  });

  it('and explains every command on demand', async () => {
    for (const args of [
      ['--help'],
      ['listen', '--help'],
      ['pay', '--help'],
      ['trigger', '--help'],
      ['logs', '--help'],
    ]) {
      const ran = await run(args, {});
      expect(ran).toMatchObject({ code: 0, remarks: [] });
      expect(ran.lines[0]).toMatch(/^Usage: bramka /);
    }
  });
});

/** Has the newest notification sent again. */
async function resendLast(): Promise<void> {
  const { shopId } = gateway.demo;
  const list = 'query ($shopId: ID!) { webhookDeliveries(shopId: $shopId, first: 1) { edges { node { id } } } }';
  type Listed = { webhookDeliveries: { edges: { node: { id: string } }[] } };
  const { data } = await ask<Listed>(gateway, list, { variables: { shopId } });
  const resend = 'mutation ($id: ID!) { resendWebhook(deliveryId: $id) { __typename } }';
  await ask(gateway, resend, { variables: { id: data.webhookDeliveries.edges[0]?.node.id } });
}
