import { type GraphQLOutputType, getNamedType, isLeafType, isObjectType } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { settleTenant, type Tenant } from './world.ts';

let gateway: TestGateway;
let tenant: Tenant;

beforeAll(async () => {
  gateway = await startTestGateway();
  tenant = await settleTenant(gateway, { mark: 'columns' });
  // Lists read the columns that are shown and no others: each has a value here that tells it from one that is not there.
  await gateway.database.pool.query(
    `update payment set title = 'A title', locale = 'en', methods = '{BLIK}', refunded_amount = 1 where id = $1`,
    [tenant.paidId],
  );
  await gateway.database.pool.query(
    `update transaction set reason = 'GENERAL', acquirer_code = 'CODE_1', held_amount = 2, late = true, surplus = true,
      transfer_account = repeat('1', 26), authorized_until = created_at where payment_id = $1`,
    [tenant.paidId],
  );
});

afterAll(() => gateway.stop());

/** All that a type shows of its own row: its values, and money. */
function valuesOf(typeName: string): string {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`There is no type ${typeName}.`);
  const isValue = (field: GraphQLOutputType): boolean =>
    isLeafType(getNamedType(field)) || getNamedType(field).name === 'Money';
  const fields = Object.values(type.getFields()).filter((field) => isValue(field.type));
  return fields
    .map(({ name, type: field }) => (isLeafType(getNamedType(field)) ? name : `${name} { amount currency }`))
    .join(' ');
}

async function read<Data>(query: string): Promise<Data> {
  const answer = await ask<Data>(gateway, query, { key: tenant.key });
  expect(answer.errors).toBeUndefined();
  return answer.data;
}

it('shows of a payment in a list what it shows of that payment alone', async () => {
  const values = valuesOf('Payment');
  const { payment } = await read<{ payment: object }>(`{ payment(id: "${tenant.paidId}") { ${values} } }`);
  expect(Object.values(payment)).not.toContain(null);
  const { payments } = await read<{ payments: { edges: object[] } }>(
    `{ payments(shopId: "${tenant.shopId}", filter: { status: [SETTLED] }) { edges { node { ${values} } } } }`,
  );
  expect(payments.edges).toContainEqual({ node: payment });
});

it('shows of a transaction among the attempts on a payment what it shows of that transaction alone', async () => {
  const values = valuesOf('Transaction');
  const attempts = `transactions(last: 1) { edges { node { ${values} } } }`;
  type Attempts = { readonly transactions: { readonly edges: readonly { readonly node: { readonly id: string } }[] } };
  const { payment } = await read<{ payment: Attempts }>(`{ payment(id: "${tenant.paidId}") { ${attempts} } }`);
  const attempt = payment.transactions.edges[0]?.node;
  const { transaction } = await read<{ transaction: object }>(`{ transaction(id: "${attempt?.id}") { ${values} } }`);
  expect(Object.values(transaction)).not.toContain(null);
  expect(attempt).toEqual(transaction);
});
