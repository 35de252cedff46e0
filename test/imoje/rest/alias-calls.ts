import { expect } from 'vitest';
import type { TestGateway } from '../../support/gateway.ts';
import { call, type RestAnswer, sellAndSettle, textAt } from './client.ts';

/** A stored BLIK alias as the REST door lists it. */
export type Alias = {
  readonly id: string;
  readonly label: string;
  readonly isActive: number;
  readonly aliasList: readonly { readonly key: string; readonly label: string }[];
};

type Served = Pick<TestGateway, 'url' | 'demo'>;

/** A payer whom the shop knows by this name. */
export const payer = (cid: string) => ({ firstName: 'Łucja', lastName: 'Żak', email: 'lucja@example.com', cid });

/** The aliases of a customer at the demo shop, oldest first. */
export async function aliasesOf(gateway: Served, cid: string): Promise<readonly Alias[]> {
  const { body } = await call(gateway, `GET /profile/service/${gateway.demo.serviceId}/cid/${cid}/blik`);
  return (body as { blikProfiles: readonly Alias[] }).blikProfiles;
}

/** Pays by a code that registers an alias, and gives the newest alias of the customer. */
export async function register(gateway: Served, cid: string, blikCode = '777123'): Promise<Alias> {
  await sellAndSettle(gateway, { paymentMethodCode: 'blik_oneclick', blikCode, customer: payer(cid) });
  const alias = (await aliasesOf(gateway, cid)).at(-1);
  if (!alias) throw new Error('No alias was registered.');
  return alias;
}

/** Lets an alias pay 12.34 PLN, with what is given instead. */
export function chargeAlias(gateway: Served, blikProfileId: string, changes: object = {}): Promise<RestAnswer> {
  return call(gateway, 'POST /transaction/profile/blik', {
    body: {
      ...{ serviceId: gateway.demo.serviceId, blikProfileId, amount: 1234, currency: 'PLN', orderId: '7', title: '7' },
      ...{ clientIp: '192.0.2.7', ...changes },
    },
  });
}

/** Waits for the end of an attempt, and gives it as it is read then. */
export async function ended(gateway: Served, answer: RestAnswer): Promise<RestAnswer> {
  expect(answer.status).toBe(200);
  const show = () => call(gateway, `GET /transaction/${textAt(answer, 'transaction.id')}`);
  await expect
    .poll(async () => textAt(await show(), 'transaction.status'), { timeout: 10_000 })
    .toMatch(/settled|rejected/);
  return show();
}
