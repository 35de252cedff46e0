import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Access, openWorld } from '../contracts/world.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
const examples = new Map<string, string>();

beforeAll(async () => {
  gateway = await startTestGateway();
  for (const page of ['merchants', 'prices']) {
    const text = await readFile(new URL(`../../docs/${page}.md`, import.meta.url), 'utf8');
    for (const [, name = '', example = ''] of text.matchAll(/<!-- run: (\w+) -->\n```graphql\n(.*?)```/gs)) {
      examples.set(name, example);
    }
  }
});

afterAll(() => gateway.stop());

/** Runs an example as it stands on its page; gives what its mutation answers. */
async function run(name: string, variables: object, key: string | null): Promise<Record<string, unknown>> {
  const answer = await ask<Record<string, Record<string, unknown>>>(gateway, examples.get(name) ?? '', {
    variables,
    key,
  });
  expect(answer.errors).toBeUndefined();
  return Object.values(answer.data)[0] ?? {};
}

it('The examples for merchants and prices lead from an application to a payment with shares', async () => {
  expect([...examples.keys()].sort()).toEqual(['apply', 'claim', 'plan', 'shares']);
  const world = openWorld(gateway);
  const applied = await run('apply', { key: randomUUID() }, null);
  expect(applied).toMatchObject({ secret: expect.any(String), application: { status: 'APPLIED' } });
  const { merchantId } = applied.application as { merchantId: string };
  const applicant = { merchantId, secret: String(applied.secret) };
  const signed = (await world.sign(applicant)) as { application?: { activeFrom: string } };
  await world.run('advanceApplicationClock', { ...applicant, until: signed.application?.activeFrom });
  await world.becomes(applicant, 'ACTIVE');
  const { shopId, apiKey } = (await run('claim', applicant, null)) as unknown as Access;
  expect(await run('plan', { shopId }, gateway.demo.operatorKey)).toMatchObject({
    pricePlan: {
      rates: [
        { channel: '*', ratePercent: '0.99' },
        { channel: 'blik', ratePercent: '1.2' },
      ],
    },
  });
  expect(await run('shares', { shopId, key: randomUUID() }, apiKey)).toMatchObject({
    payment: { shares: [{ amount: { amount: 6000 } }, { amount: { amount: 3000 } }] },
  });
});
