import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMetrics } from '../../src/kernel/metrics.ts';
import { countRequests } from '../../src/webhooks/count-requests.ts';
import { createRequestSender } from '../../src/webhooks/send-request.ts';
import { answering, openShopServer, type ShopServer } from './shop-server.ts';

let server: ShopServer;

beforeAll(async () => {
  server = await openShopServer();
});

afterAll(() => server.close());

it('Notifications are counted as delivered by exactly 200, and as failed by everything else', async () => {
  const metrics = createMetrics();
  const sender = countRequests(createRequestSender({ addressRule: 'any' }), metrics);
  const send = (url = server.url) => sender.send({ url, headers: {}, body: '{}' });
  for (const status of [200, 201, 204, 302, 500, 200]) {
    server.answer(answering(status, 'ok'));
    expect(await send()).toMatchObject({ status });
  }
  expect(await send('http://127.0.0.1:1/n')).toMatchObject({ status: undefined });
  const counted = (await metrics.write()).split('\n').filter((line) => line.startsWith('bramka_webhook_tries_total{'));
  expect(counted.sort()).toEqual([
    'bramka_webhook_tries_total{outcome="delivered"} 2',
    'bramka_webhook_tries_total{outcome="failed"} 5',
  ]);
  await sender.close();
});
