import { randomUUID } from 'node:crypto';

const query = `mutation Create($input: CreatePaymentInput!) { createPayment(input: $input) {
  __typename
  ... on CreatePaymentSuccess {
    replayed
    payment { id orderId title status amount { amount currency } url methods locale validUntil createdAt }
  }
  ... on Refusal { code message field }
} }`;

/** The body of a request that creates a payment in one of the shops, under a fresh idempotency key. */
export function askCreatePayment(shopIds: readonly string[]): string {
  const shopId = shopIds[Math.floor(Math.random() * shopIds.length)] ?? '';
  return `${before}${shopId}${between}${randomUUID()}"}}}`;
}

/** The id of the payment that an answer says was made. @throws Error when it says something else. */
export function readCreated(answer: string): string {
  const id = answer.includes('"replayed":false') ? /"payment":\{"id":"([^"]+)"/.exec(answer)?.[1] : undefined;
  if (id === undefined) throw new Error(`No payment was created: ${answer}`);
  return id;
}

const body = JSON.stringify({
  query,
  variables: {
    input: {
      amount: 1234,
      currency: 'PLN',
      orderId: 'ORD/2026-0001',
      title: 'Order 2026-0001',
      customer: { firstName: 'Jan', lastName: 'Kowalski', email: 'jan@shop.example' },
      returnUrl: 'https://shop.example/back',
      shopId: '',
      idempotencyKey: '',
    },
  },
});
const between = '","idempotencyKey":"';
const before = body.slice(0, body.indexOf(between));

const postgraphileQuery = `mutation($input: BenchCreatePaymentInput!) { benchCreatePayment(input: $input) {
  result { rowId orderId title status amount currency methods locale validUntil createdAt }
} }`;

/** The same for PostGraphile, which has no resolver where the rest of the row could be made up: it is all sent. */
export function askPostgraphile(shopIds: readonly string[]): string {
  const now = new Date();
  const input = {
    ...{ id_: randomUUID(), shopId_: shopIds[Math.floor(Math.random() * shopIds.length)] ?? '', key_: randomUUID() },
    ...{ hash_: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=', amount_: '1234', currency_: 'PLN' },
    ...{ orderId_: 'ORD/2026-0001', title_: 'Order 2026-0001', firstName_: 'Jan', lastName_: 'Kowalski' },
    ...{ email_: 'jan@shop.example', returnUrl_: 'https://shop.example/back' },
    ...{ at_: now.toISOString(), until_: new Date(now.getTime() + 39_420_000_000).toISOString() },
  };
  return JSON.stringify({ query: postgraphileQuery, variables: { input } });
}

/** The id of the payment that PostGraphile says was made. @throws Error when it says something else. */
export function readPostgraphile(answer: string): string {
  const id = /"result":\{"rowId":"([^"]+)"/.exec(answer)?.[1];
  if (id === undefined) throw new Error(`No payment was created: ${answer}`);
  return id;
}
