import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPayment } from '../graphql/world.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { application, type ContractWorld, openWorld } from './world.ts';

let gateway: TestGateway;
let world: ContractWorld;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
  world = openWorld(gateway);
});

afterAll(() => gateway.stop());

it('Forty applications at once from one address stop nobody else, and ten of them are too many', async () => {
  const select = 'secret replayed';
  const inputs = Array.from({ length: 40 }, () => application());
  const { apiKey: key, shopId } = gateway.demo;
  const [paymentId, outcomes] = await Promise.all([
    createPayment(gateway, { key, shopId, mark: 'beside' }),
    Promise.all(inputs.map((input) => world.run('applyForContract', input, { select }))),
  ]);
  expect(paymentId).toMatch(/^[0-9a-f-]{36}$/);
  const made = outcomes.filter(({ secret }) => secret !== undefined);
  expect(made).toHaveLength(30);
  expect(outcomes.filter(({ code }) => code === 'RATE_LIMITED')).toHaveLength(10);
  expect(await gateway.database.prisma.application.count()).toBe(30);
  const place = outcomes.findIndex(({ secret }) => secret !== undefined);
  const again = await world.run('applyForContract', inputs[place] as object, { select });
  expect(again).toEqual({ ...outcomes[place], replayed: true });
});
