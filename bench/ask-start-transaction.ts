import { randomUUID } from 'node:crypto';

const query = `mutation Start($input: StartTransactionInput!) { startTransaction(input: $input) {
  __typename
  ... on StartTransactionSuccess { replayed transaction { id status } }
  ... on Refusal { code message field }
} }`;

/** The body of a request that starts a payment with BLIK, under a fresh idempotency key. */
export function askStart(paymentId: string): string {
  const input = { paymentId, idempotencyKey: randomUUID(), method: 'BLIK', blik: { code: '123456' } };
  return JSON.stringify({ query, variables: { input } });
}

/** @throws Error when an answer says that no transaction was started. */
export function readStarted(answer: string): void {
  if (!answer.includes('"replayed":false')) throw new Error(`No transaction was started: ${answer}`);
}

const postgraphileQuery = `mutation($input: BenchStartTransactionInput!) { benchStartTransaction(input: $input) {
  result { rowId status }
} }`;

/** The same for PostGraphile. */
export function askStartOfPostgraphile(paymentId: string): string {
  const input = { paymentId_: paymentId, key_: randomUUID() };
  return JSON.stringify({ query: postgraphileQuery, variables: { input } });
}

/** @throws Error when PostGraphile's answer says that no transaction was started. */
export function readStartedOfPostgraphile(answer: string): void {
  if (!answer.includes('"status":"PENDING"')) throw new Error(`No transaction was started: ${answer}`);
}
