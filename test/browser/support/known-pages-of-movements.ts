import { randomUUID } from 'node:crypto';
import { updateShop } from '../../start/pay.ts';
import { ask, type TestGateway } from '../../support/gateway.ts';
import { payByCard } from './payer.ts';
import { createShop } from './shop.ts';
import { type KnownPage, textOf, untilShown, type Visit } from './visit.ts';

/** The pages of money that was reserved, and of which the shop took a part or gave it back; each with a gateway of its own. */
export const movementPages: { readonly [name: string]: KnownPage } = {
  'a reserved payment of which a part was taken': async (visit) => {
    await takePart(visit);
  },
  'a payment of which a part was taken': async (visit) => {
    await takeAllThatIsWanted(visit);
  },
  'a payment of which a part was given back': async (visit) => {
    const sale = await takeAllThatIsWanted(visit);
    await order(sale, 'createRefund', { amount: 100 });
    await visit.page.reload();
    await visit.page.getByText(textOf(visit, 'refunded.inPart', { amount: sum(visit, '1') })).waitFor();
  },
  'a payment that was given back': async (visit) => {
    const sale = await takeAllThatIsWanted(visit);
    await order(sale, 'createRefund', { amount: 400 });
    await visit.page.reload();
    await untilShown(visit, 'refunded.heading', { amount: sum(visit, '4') });
  },
};

type Sale = { readonly gateway: TestGateway; readonly transactionId: string };

/** The shop takes 4.00 of 12.34 PLN, which the page says by itself. */
async function takePart(visit: Visit): Promise<Sale> {
  const gateway = await visit.stage.openGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
  const { id, address } = await createShop(gateway).createPayment({ capture: 'MANUAL' });
  await visit.page.goto(address);
  await payByCard(visit.page, '5555 5555 5555 4444');
  await untilShown(visit, 'authorized.heading');
  const query = 'query ($id: ID!) { payment(id: $id) { transactions { edges { node { id } } } } }';
  type Attempts = { readonly payment: { readonly transactions: { readonly edges: { node: { id: string } }[] } } };
  const { data } = await ask<Attempts>(gateway, query, { variables: { id } });
  const sale = { gateway, transactionId: data.payment.transactions.edges[0]?.node.id ?? '' };
  await order(sale, 'captureTransaction', { amount: 400 });
  await untilShown(visit, 'authorized.headingInPart', { taken: sum(visit, '4'), reserved: sum(visit, '8', '34') });
  return sale;
}

async function takeAllThatIsWanted(visit: Visit): Promise<Sale> {
  const sale = await takePart(visit);
  await order(sale, 'voidTransaction');
  await untilShown(visit, 'settled.heading', { amount: sum(visit, '4') });
  return sale;
}

function sum({ language }: Visit, whole: string, part = '00'): string {
  return language === 'pl' ? `${whole},${part}\u00a0zł` : `PLN\u00a0${whole}.${part}`;
}

async function order({ gateway, transactionId }: Sale, name: string, more: object = {}): Promise<void> {
  const input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const query = `mutation ($input: ${input}!) { ${name}(input: $input) { __typename ... on Refusal { message } } }`;
  const variables = { input: { transactionId, idempotencyKey: randomUUID(), ...more } };
  const { data } = await ask<Record<string, { __typename: string }>>(gateway, query, { variables });
  if (data[name]?.__typename === 'Refusal') throw new Error(JSON.stringify(data));
}
