import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeCard } from '../../profiles/store-card.ts';
import { updateShop } from '../../start/pay.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { chargeAlias, register } from './alias-calls.ts';
import { strangeWords } from './check-words.ts';
import { call, type RestAnswer, saleBody, sell, sellAndSettle, textAt } from './client.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
});
afterAll(() => gateway.stop());

type Refused = {
  readonly apiErrorResponse: {
    readonly message: string;
    readonly errors: readonly { path: string; message: string }[];
  };
};
const problemsOf = ({ body }: RestAnswer) => (body as Refused).apiErrorResponse.errors;
const saidOf = (answer: RestAnswer): string[] => problemsOf(answer).map(({ path, message }) => `${path}: ${message}`);

function payment(changes: object): Promise<RestAnswer> {
  const { type: _, paymentMethod: __, paymentMethodCode: ___, blikCode: ____, ...body } = saleBody(gateway, changes);
  return call(gateway, 'POST /payment', { body });
}

// `call` looks for words of GraphQL in every refusal that it gets; these have some in them at their source.
describe('A refusal of the REST door speaks of what its caller knows', () => {
  it('of methods by imoje’s words', async () => {
    expect(saidOf(await payment({ visibleMethod: ['imoje_installments'], amount: 100 }))).toEqual([
      expect.stringMatching(/^amount: imoje_installments takes 30000 to 5000000 minor units/),
    ]);
    expect(saidOf(await sell(gateway, { wallet: { token: 'x' } }))).toEqual([
      expect.stringMatching(/^wallet: wallet goes with the method wallet/),
    ]);
  });

  it('of endpoints by their names', async () => {
    const [said] = saidOf(await sell(gateway, { currency: 'EUR' }));
    const sentence = 'blik takes PLN only, and this payment is in EUR; ask get-payment-methods what can pay it.';
    expect(said).toBe(`paymentMethodCode: ${sentence}`);
  });

  it('of an alias as blikProfileId and of its app as blikKey', async () => {
    const { id } = await register(gateway, 'words', '700010');
    expect(saidOf(await chargeAlias(gateway, id))).toEqual([
      expect.stringMatching(/^blikKey: .* name one as blikKey: app-1/),
    ]);
    expect(saidOf(await chargeAlias(gateway, '0'))).toEqual([expect.stringMatching(/^blikProfileId: /)]);
    const end = { blikProfileId: id, blikKey: 'app-9' };
    expect(saidOf(await call(gateway, 'POST /profile/deactivate/blik', { body: end }))).toEqual([
      expect.stringMatching(/^blikKey: /),
    ]);
  });

  it('of a stored card as paymentProfileId', async () => {
    const { profileId } = await storeCard(gateway, { shopId: gateway.demo.shopId, customerId: 'words' });
    await call(gateway, `DELETE /profile/id/${profileId}`);
    const body = { serviceId: gateway.demo.serviceId, paymentProfileId: profileId, amount: 1, currency: 'PLN' };
    const answer = await call(gateway, 'POST /transaction/profile', { body: { ...body, orderId: '1' } });
    expect(saidOf(answer)).toEqual([expect.stringMatching(/^paymentProfileId: /)]);
    expect(saidOf(await call(gateway, 'GET /profile/id/0'))).toEqual([expect.stringMatching(/^paymentProfileId: /)]);
  });

  it('of a field by its whole path', async () => {
    const customer = { firstName: 'Jan', lastName: 'Kot', email: 'nobody' };
    expect(saidOf(await sell(gateway, { customer }))).toEqual([
      'customer.email: customer.email must be an e-mail address of at most 200 characters.',
    ]);
  });

  it('of recipients in sentences that are right', async () => {
    const one = { ban: '1'.repeat(26), amount: 1, label: 'A' };
    expect(saidOf(await sell(gateway, { multipayout: Array(101).fill(one) }))).toEqual([
      'multipayout: multipayout may hold at most 100 recipients: split the payment over fewer.',
    ]);
    expect(saidOf(await sell(gateway, { multipayout: [{ ...one, amount: 1235 }] }))).toEqual([
      'multipayout: multipayout comes to 1235 minor units, more than the 1234 of the payment: give the recipients less.',
    ]);
    expect(saidOf(await sell(gateway, { multipayout: [one, { ...one, title: 'B' }] }))).toEqual([
      'multipayout: multipayout must have a title for every recipient if it has one: number 1 lacks it, so add it or leave all out.',
    ]);
  });

  it('of a field that is missing as missing', async () => {
    const missing = { type: undefined, currency: undefined, paymentMethod: undefined, paymentMethodCode: undefined };
    expect(saidOf(await sell(gateway, missing))).toEqual(Object.keys(missing).map((name) => `${name}: Is required.`));
    expect(saidOf(await sell(gateway, { type: 'refund' }))).toEqual(['type: Must be "sale".']);
  });

  it('of a refund as a refund', async () => {
    const id = await sellAndSettle(gateway);
    const back = { type: 'refund', serviceId: gateway.demo.serviceId, amount: 1 };
    const refundId = textAt(await call(gateway, `POST /transaction/${id}/refund`, { body: back }), 'transaction.id');
    for (const [path, body] of [
      ['refund', back],
      ['can-refund', { amount: 1 }],
    ] as const) {
      const answer = await call(gateway, `POST /transaction/${refundId}/${path}`, { body });
      expect([answer.status, ...saidOf(answer)]).toEqual([
        404,
        'transactionId: This is the id of a refund; give that of the sale whose money is to go back.',
      ]);
    }
  });
});

it('The check of these words finds those of GraphQL, and paths to nothing', () => {
  const refused = (message: string, path: string) => ({
    apiErrorResponse: { message, errors: [{ path, message: '' }] },
  });
  const names = new Set(['amount', 'title']);
  expect(strangeWords(refused('Give validUntil and appKey with PAY_LATER.', 'amount'), names)).toEqual([
    ...['validUntil', 'appKey', 'PAY_LATER'],
  ]);
  expect(strangeWords(refused('BLIK takes an amount and a title.', 'customer.email'), names)).toEqual([
    ...['customer', 'email'],
  ]);
});

it('TRACE is answered in the door’s own form, as any method that it does not know', async () => {
  const { hostname, port } = new URL(gateway.url);
  const path = `/v1/merchant/${gateway.demo.merchantId}/services`;
  const trace = (headers: Record<string, string>): Promise<string> =>
    new Promise((resolve, reject) => {
      request({ hostname, port, path, method: 'TRACE', headers }, async (answer) => {
        let body = '';
        for await (const part of answer.setEncoding('utf8')) body += part;
        resolve(`${answer.statusCode} ${body}`);
      })
        .on('error', reject)
        .end();
    });
  expect(await trace({})).toMatch(/^401 \{"apiErrorResponse":\{"code":"REQ-ERROR-100401"/);
  const authorization = `Bearer ${gateway.demo.restToken}`;
  expect(await trace({ authorization })).toMatch(/^404 \{"apiErrorResponse":\{"code":"REQ-ERROR-100404"/);
});
