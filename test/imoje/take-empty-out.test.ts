import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { call, saleBody, textAt } from './rest/client.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

const sell = (changes: object) => call(gateway, 'POST /transaction', { body: saleBody(gateway, changes) });

it('Null and empty texts are no fields, however deep, and what is kept as it came keeps them', async () => {
  const cart = {
    items: [{ id: 1, name: 'Laptop', amount: 1, tax: 0, taxStake: 23, quantity: 1, url: '', state: null }],
    note: '',
  };
  const answer = await sell({
    customer: { firstName: 'Jan', lastName: 'Kowalski', email: '', phone: null },
    billing: { firstName: 'Jan', street: '', city: null },
    shipping: null,
    invoice: [],
    multipayout: [{ ban: '1'.repeat(26), amount: 1, label: 'A', title: '' }],
    cart,
  });
  expect(answer.text).toContain('"transaction"');
  const { rows } = await gateway.database.pool.query(
    `select p.documents, s.label, s.title from payment p join basket_share s on s.payment_id = p.id where p.id = $1`,
    [textAt(answer, 'transaction.payment.id')],
  );
  expect(rows).toEqual([{ documents: { billing: { firstName: 'Jan' }, cart }, label: 'A', title: null }]);
});

it.each([
  ['orderId', { orderId: '' }],
  ['amount', { amount: null }],
  ['customer.firstName', { customer: { firstName: '', lastName: 'Kowalski' } }],
  ['multipayout.0.label', { multipayout: [{ ban: '1'.repeat(26), amount: 1, label: null }] }],
])('A required field that is null or empty is wrong: %s', async (path, changes) => {
  const { status, body } = await sell(changes);
  expect([status, body]).toMatchObject([422, { apiErrorResponse: { errors: [{ path }] } }]);
});
