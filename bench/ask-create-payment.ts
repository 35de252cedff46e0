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
