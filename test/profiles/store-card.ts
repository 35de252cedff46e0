import { randomBytes, randomUUID } from 'node:crypto';
import { ask, type TestGateway } from '../support/gateway.ts';

/** Whose card is stored where, and how. */
export type StoreWish = {
  /** An API key of the shop's merchant; left out, that of the demo. */
  readonly key?: string;
  readonly shopId: string;
  readonly customerId: string;
  readonly channel?: 'oneclick' | 'recurring';
  /** One of the published test cards. */
  readonly number?: string;
  readonly lastName?: string;
};

export type StoredCard = { readonly paymentId: string; readonly transactionId: string; readonly profileId: string };

const createPayment = `mutation ($input: CreatePaymentInput!) {
  createPayment(input: $input) { ... on CreatePaymentSuccess { payment { id } } ... on Refusal { code message } }
}`;
const startTransaction = `mutation ($input: StartTransactionInput!) {
  startTransaction(input: $input) { ... on StartTransactionSuccess { transaction { id } } ... on Refusal { code message } }
}`;

/** Begins a payment of 12.34 PLN whose card is to be stored, up to the payer's page; gives the payment's id. */
export async function beginStoring(
  gateway: Pick<TestGateway, 'url' | 'demo'>,
  wish: StoreWish,
): Promise<Omit<StoredCard, 'profileId'>> {
  const { key = gateway.demo.apiKey, shopId, customerId, channel = 'oneclick', lastName = 'Żak' } = wish;
  const customer = { firstName: 'Łucja', lastName, email: 'lucja@example.com' };
  const input = { shopId, customerId, customer, amount: 1234, currency: 'PLN', orderId: 'FIRST/1' };
  const made = await ask<{ createPayment: { payment: { id: string } } }>(gateway, createPayment, {
    key,
    variables: { input: { ...input, idempotencyKey: randomUUID() } },
  });
  const paymentId = made.data.createPayment.payment.id;
  const started = await ask<{ startTransaction: { transaction: { id: string } } }>(gateway, startTransaction, {
    key,
    variables: { input: { paymentId, idempotencyKey: randomUUID(), method: 'CARD', channel } },
  });
  return { paymentId, transactionId: started.data.startTransaction.transaction.id };
}

/** Enters a card on the page of a payment, as its form does. */
export async function enterCard(
  gateway: Pick<TestGateway, 'url'>,
  paymentId: string,
  number = '4111111111111111',
): Promise<Response> {
  const attempt = randomBytes(16).toString('base64url');
  const body = new URLSearchParams({ attempt, number, expiry: '12/29', cvv: '123', name: 'Łucja Żak' });
  return fetch(`${gateway.url}/pay/${paymentId}/card`, { method: 'POST', body, redirect: 'manual' });
}

/** Stores a card of a customer by a first payment that settles. */
export async function storeCard(gateway: Pick<TestGateway, 'url' | 'demo'>, wish: StoreWish): Promise<StoredCard> {
  const begun = await beginStoring(gateway, wish);
  await enterCard(gateway, begun.paymentId, wish.number);
  const { key = gateway.demo.apiKey } = wish;
  const query = 'query ($id: ID!) { transaction(id: $id) { profile { id } } }';
  const { data } = await ask<{ transaction: { profile: { id: string } | null } }>(gateway, query, {
    key,
    variables: { id: begun.transactionId },
  });
  if (!data.transaction.profile) throw new Error('The card was not stored.');
  return { ...begun, profileId: data.transaction.profile.id };
}
