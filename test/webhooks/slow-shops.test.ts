import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorker } from '../../src/jobs/run-worker.ts';
import { createLog } from '../../src/kernel/log.ts';
import { webhookJobs } from '../../src/webhooks/jobs.ts';
import { resendWebhookJob } from '../../src/webhooks/model.ts';
import { resendWebhook } from '../../src/webhooks/resend-webhook.ts';
import { actorOf, createPayment, createShop, startBlik, type TestShop } from '../support/factories.ts';
import { openShopServer } from './shop-server.ts';
import { openWorld, timersOf, type World } from './world.ts';

const places = 5;
/** Of these five, so many are for one shop. */
const ofOne = 4;

let world: World;
beforeAll(async () => {
  world = await openWorld(15_000, places);
});
afterAll(() => world.close());

/** Has a notification made for each of so many payments. */
async function tell({ shop }: TestShop, payments: number): Promise<void> {
  for (let made = 0; made < payments; made += 1) {
    const { id: paymentId } = await createPayment(world.payments, shop);
    await startBlik(world.payments, shop, { paymentId });
  }
  await world.derive(shop.id);
}

const startSending = () =>
  startWorker({
    ...{ database: world.database, clock: world.clock, log: createLog('silent'), sweeps: [], readers: [] },
    jobs: { own: {}, toShops: webhookJobs(world.deps), mails: {}, files: {} },
    atATime: { own: 1, toShops: places, mails: 1, files: 1 },
  });

it('one shop that does not answer holds up no other, and gets all its notifications when it answers again', async () => {
  const [dead, fine] = [await openShopServer(), await openShopServer()];
  const held: ServerResponse[] = [];
  let hungUp = 0;
  dead.answer((_request, response) => {
    response.once('close', () => hungUp++);
    held.push(response);
  });
  const theirs = await createShop(world.database, { notificationUrl: dead.url });
  const others = await createShop(world.database, { notificationUrl: fine.url });
  await tell(theirs, 3 * places);
  await tell(others, 1);
  const worker = await startSending();
  await expect.poll(() => held.length).toBe(ofOne);
  await expect.poll(() => fine.received.length).toBe(1);
  expect(hungUp).toBe(0);

  const isPostponed = async () => (await timersOf(world.database)).length;
  await expect.poll(isPostponed).toBe(3 * places - ofOne);
  const deliveries = await world.deliveries(theirs.shop.id);
  const timers = await timersOf(world.database);
  for (const { subject, dueAt, round } of timers) {
    expect(round).toBe(0);
    const delivery = deliveries.find(({ id }) => id === subject);
    expect(delivery).toMatchObject({ status: 'PENDING', tries: 0, nextTryAt: dueAt });
  }
  const [{ subject: again } = { subject: '' }] = timers;
  await resendWebhook(world.deps, actorOf(theirs.shop), again);
  const resends = () => world.database.prisma.timer.count({ where: { kind: resendWebhookJob } });
  await expect.poll(resends).toBe(1);

  dead.answer((_request, response) => response.end('ok'));
  for (const response of held) response.end('ok');
  const states = async () => (await world.deliveries(theirs.shop.id)).map(({ status }) => status);
  await expect
    .poll(async () => {
      world.clock.pass({ ms: 60_000 });
      return new Set(await states());
    })
    .toEqual(new Set(['DELIVERED']));
  await expect.poll(async () => (await world.attempts(again)).map(({ manual }) => manual)).toContain(true);
  await worker.stop();
  await Promise.all([dead.close(), fine.close()]);
});
