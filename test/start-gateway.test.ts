import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { ask, startTestGateway } from './support/gateway.ts';

it('A gateway with a STOP_DELAY_SECONDS says that it is not ready, and serves until the time is over', async () => {
  const gateway = await startTestGateway({ sizes: readConfig({ STOP_DELAY_SECONDS: '1' }).sizes });
  const ready = async (): Promise<number> => (await fetch(`${gateway.url}/health/ready`)).status;
  expect(await ready()).toBe(200);
  const stopped = gateway.stop();
  const from = performance.now();
  while ((await ready()) === 200) await pause(10);
  const { status, data } = await ask(gateway, '{ viewer { merchant { id } } }');
  expect([status, data]).toEqual([200, { viewer: { merchant: { id: gateway.demo.merchantId } } }]);
  expect((await fetch(`${gateway.url}/health/live`)).headers.get('connection')).toBe('close');
  await stopped;
  expect(performance.now() - from).toBeGreaterThan(950);
  await expect(ready()).rejects.toThrow();
});
