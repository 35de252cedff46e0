import { expect } from 'vitest';
import type { TestGateway } from '../../support/gateway.ts';
import { checkAnswer } from './check-answer.ts';

/** What the REST door answers. */
export type RestAnswer = { readonly status: number; readonly body: unknown; readonly text: string };

/** Reads a text out of an answer by the names on the way to it: `transaction.id`. */
export function textAt({ body, text }: RestAnswer, path: string): string {
  let value: unknown = body;
  for (const name of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
  if (typeof value !== 'string') throw new Error(`The answer has no text at ${path}: ${text}`);
  return value;
}

/** Calls the REST door as a shop's client does: the token, JSON, and whatever headers a test wants. The answer must be as described. */
export async function call(
  gateway: Pick<TestGateway, 'url' | 'demo'>,
  request: string,
  options: { readonly body?: unknown; readonly token?: string; readonly headers?: Record<string, string> } = {},
): Promise<RestAnswer> {
  const [method = 'GET', path = ''] = request.split(' ');
  const { demo } = gateway;
  const answer = await fetch(`${gateway.url}/v1/merchant/${demo.merchantId}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${options.token ?? demo.restToken}`,
      'content-type': 'application/json',
      accept: '*/*',
      ...options.headers,
    },
    ...(options.body === undefined
      ? {}
      : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
  });
  const text = await answer.text();
  const told = { status: answer.status, body: JSON.parse(text) as unknown, text };
  await checkAnswer(gateway, request, told);
  return told;
}

/** The body of a good sale by BLIK with a code, as the documentation prints it. */
export function saleBody(gateway: Pick<TestGateway, 'demo'>, changes: object = {}): Record<string, unknown> {
  return {
    type: 'sale',
    serviceId: gateway.demo.serviceId,
    amount: 1234,
    currency: 'PLN',
    orderId: 'ORD/2026-0001',
    title: 'Zamówienie #1',
    paymentMethod: 'blik',
    paymentMethodCode: 'blik',
    successReturnUrl: 'https://shop.example/ok?a=1&b=2',
    failureReturnUrl: 'https://shop.example/no',
    blikCode: '123456',
    clientIp: '192.0.2.7',
    customer: { firstName: 'Łucja', lastName: 'Żak', email: 'lucja@example.com', phone: '+48 501 501 501' },
    ...changes,
  };
}

/** Sells as `saleBody` says. */
export function sell(gateway: Pick<TestGateway, 'url' | 'demo'>, changes: object = {}): Promise<RestAnswer> {
  return call(gateway, 'POST /transaction', { body: saleBody(gateway, changes) });
}

/** Sells, and gives the id of the transaction once it is settled. */
export async function sellAndSettle(gateway: Pick<TestGateway, 'url' | 'demo'>, changes: object = {}): Promise<string> {
  const id = textAt(await sell(gateway, changes), 'transaction.id');
  await expect
    .poll(async () => textAt(await call(gateway, `GET /transaction/${id}`), 'transaction.status'), { timeout: 10_000 })
    .toBe('settled');
  return id;
}
