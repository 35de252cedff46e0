import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, createClient } from '@bramka/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listen } from '../../cli/src/listen.ts';
import { encodeCursor } from '../../src/kernel/events/cursor.ts';
import { createPayment, payByBlik, updateShop } from '../start/pay.ts';
import { type Notified, openShopInbox } from '../start/shop-inbox.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

/** What a command is given of the demo's shop, what it said beside its results, and what ends it. */
function openTerminal(client: Client) {
  const { apiKey, shopId, merchantId, serviceKey } = gateway.demo;
  const { url, config } = gateway;
  const settings = { url, apiKey, shopId, merchantId, serviceKey, webhookSecret: undefined, dataDir: config.dataDir };
  const ended = new AbortController();
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  const terminal = { client, settings, signal: ended.signal, json: false, print: async () => {}, say };
  return { terminal, said, ended };
}

it('Whoever wants some kinds is posted those that are sent again, whenever the kind can be read, and none of others or of no known kind', async () => {
  const [theirs, local] = await Promise.all([openShopInbox(), openShopInbox()]);
  await updateShop(gateway, { sandboxDelayMs: 0, notificationUrl: theirs.url });
  const { apiKey, shopId } = gateway.demo;
  let looks = 0;
  let kindsAsked = 0;
  let isKept = true;
  let away = 0;
  const watched: typeof fetch = async (url, init) => {
    const answer = await fetch(url, init);
    const isOfKinds = String(init?.body).includes('{ events(first: ');
    if (isOfKinds && away > 0) {
      away -= 1;
      throw new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
    }
    if (isOfKinds) kindsAsked += 1;
    // As when an operator has taken its old events out of the database.
    if (!isKept && isOfKinds) {
      return Response.json({ data: { payment: { events: { edges: [] } } } });
    }
    if (String(init?.body).includes('query webhookDeliveries')) looks += 1;
    return answer;
  };
  const client = createClient({ url: gateway.url, apiKey, fetch: watched, retries: 0 });
  const make = async (idempotencyKey: string) => (await createPayment(gateway, { idempotencyKey })).payment?.id ?? '';
  await payByBlik(gateway, { paymentId: await make('paid'), idempotencyKey: 'pay' });
  const paymentId = await make('cancelled');
  await client.cancelPayment({ paymentId });
  const statuses = (sent: readonly Notified[]) =>
    sent.map(({ told }) => told.transaction?.status ?? told.payment.status);
  await theirs.inbox.until((sent) => ['settled', 'cancelled'].every((status) => statuses(sent).includes(status)));
  const { nodes: sent } = await client.webhookDeliveries({ shopId, first: 100 });
  looks = 0;
  const { terminal, said, ended } = openTerminal(client);
  const listening = listen(terminal, {
    forward: local.url,
    types: ['PAYMENT_CANCELLED'],
    place: join(gateway.config.dataDir, 'resends.json'),
  });
  await expect.poll(() => looks).toBeGreaterThan(0);
  const cancelled = sent.filter((delivery) => delivery.paymentId === paymentId);
  const others = sent.filter((delivery) => delivery.paymentId !== paymentId);
  expect([cancelled.length, others.length > 0]).toEqual([1, true]);
  for (const { id } of [...others, ...cancelled]) await client.resendWebhook(id);
  await expect.poll(() => kindsAsked).toBe(sent.length);
  await local.inbox.until((posted) => posted.length > 0);
  expect(local.inbox.items.map(({ body }) => body)).toEqual(cancelled.map(({ body }) => body));

  // The gateway cannot be reached when it is asked of what kind it is.
  away = 1;
  for (const { id } of cancelled) await client.resendWebhook(id);
  await local.inbox.until((posted) => posted.length > 1);
  expect(said.filter((line) => line.startsWith('The kind of event '))).toEqual([
    `The kind of event ${cancelled[0]?.eventNumber}, which was sent again, cannot be read yet: The gateway at ${gateway.url} cannot be reached (ECONNRESET). Trying again in 0.5 s.`,
  ]);

  isKept = false;
  for (const { id } of others) await client.resendWebhook(id);
  await expect.poll(() => said.filter((line) => line.endsWith(' it is passed over.'))).toHaveLength(others.length);
  ended.abort();
  await listening;
  expect(local.inbox.items).toHaveLength(2);
  await Promise.all([theirs.close(), local.close()]);
});

it.each([
  ['was changed', () => 'AAAA'],
  ['is ahead of a gateway that was restored from a backup', (shopId: string) => encodeCursor(shopId, 10_000n)],
])('A place that %s is refused with its file and what to do, and stays', async (_what, cursorOf) => {
  const { apiKey, shopId } = gateway.demo;
  const file = join(gateway.config.dataDir, 'foreign.json');
  const kept = JSON.stringify({ shopId, cursor: cursorOf(shopId) });
  await writeFile(file, kept);
  const { terminal, said } = openTerminal(createClient({ url: gateway.url, apiKey }));
  await expect(listen(terminal, { place: file })).rejects.toMatchObject({
    code: 'CURSOR_INVALID',
    message: `The place in ${file} is none that this gateway gave, as when the file was changed or the gateway was restored from a backup; begin with the first that is by --from-start, or now by removing the file, and read the present state once it listens.`,
  });
  expect([said, await readFile(file, 'utf8')]).toEqual([[], kept]);
  await expect(listen(terminal, { place: file, after: cursorOf(shopId) })).rejects.toMatchObject({
    code: 'CURSOR_INVALID',
    message: expect.not.stringContaining(file),
  });
});
