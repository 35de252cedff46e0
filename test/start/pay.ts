import { ask, type TestGateway } from '../support/gateway.ts';

type Served = Pick<TestGateway, 'url' | 'demo'>;

/** What a mutation of these tests answers: what it made, or why it did not. */
export type Made<Noun extends string, Row> = { readonly [noun in Noun]?: Row } & {
  readonly replayed?: boolean;
  readonly code?: string;
  readonly message?: string;
  readonly field?: readonly string[];
};

/** Changes settings of the demo shop. */
export async function updateShop({ url, demo }: Served, settings: object): Promise<void> {
  const query = `mutation ($input: UpdateShopInput!) {
    updateShop(input: $input) { __typename ... on Refusal { code message } }
  }`;
  const variables = { input: { shopId: demo.shopId, ...settings } };
  const { data } = await ask<{ updateShop: { __typename: string } }>({ url, demo }, query, { variables });
  if (data.updateShop.__typename !== 'UpdateShopSuccess') throw new Error(JSON.stringify(data));
}

/** Creates a payment of 12.34 PLN, with what is given instead. */
export async function createPayment(
  { url, demo }: Served,
  input: { readonly idempotencyKey: string; readonly [field: string]: unknown },
): Promise<Made<'payment', { id: string; status: string }>> {
  const query = `mutation ($input: CreatePaymentInput!) {
    createPayment(input: $input) {
      ... on CreatePaymentSuccess { replayed payment { id status } } ... on Refusal { code message field }
    }
  }`;
  const usual = {
    shopId: demo.shopId,
    amount: 1234,
    currency: 'PLN',
    orderId: 'ORD/1',
    customer: { firstName: 'Łucja', lastName: 'Żak' },
  };
  const variables = { input: { ...usual, ...input } };
  const { data } = await ask<{ createPayment: Made<'payment', { id: string; status: string }> }>({ url, demo }, query, {
    variables,
  });
  return data.createPayment;
}

/** Pays a payment by a BLIK code that the sandbox settles. */
export async function payByBlik(
  { url, demo }: Served,
  wish: { readonly paymentId: string; readonly idempotencyKey: string; readonly channel?: string },
): Promise<Made<'transaction', { id: string; status: string }>> {
  const query = `mutation ($input: StartTransactionInput!) {
    startTransaction(input: $input) {
      ... on StartTransactionSuccess { replayed transaction { id status } } ... on Refusal { code message field }
    }
  }`;
  const variables = { input: { ...wish, method: 'BLIK', blik: { code: '123456' } } };
  const { data } = await ask<{ startTransaction: Made<'transaction', { id: string; status: string }> }>(
    { url, demo },
    query,
    { variables },
  );
  return data.startTransaction;
}
