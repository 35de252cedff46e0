import { type GraphQLOutputType, getNamedType, isLeafType, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiledFromRun } from '../../src/graphql/compile-operations.ts';
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
  const answer = await ask<Data>(gateway, query, { key: tenant.key, variables: { a: true } });
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

/** Every field of a type that can be asked for without an argument or a page, each with something of its own inside. */
function fieldsOf(typeName: string): { readonly name: string; readonly asked: string }[] {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`There is no type ${typeName}.`);
  return Object.values(type.getFields()).map(({ name, type: field }) => {
    const named = getNamedType(field);
    if (isLeafType(named)) return { name, asked: name };
    if (named.name.endsWith('Connection'))
      return { name, asked: `${name}(first: 5) { edges { node { __typename } } }` };
    const inner = isObjectType(named) && named.getFields().id ? 'id' : '__typename';
    return { name, asked: named.name === 'Money' ? `${name} { amount currency }` : `${name} { ${inner} }` };
  });
}

type Row = Readonly<Record<string, unknown>>;
type Page = { readonly edges: readonly { readonly node: Row }[] };

/** Variables may not be declared in vain. */
const variablesOf = (fields: string): string => (fields.includes('$a') ? '($a: Boolean!)' : '');

/** The node that was asked for in a list of payments, and in a list of the attempts on a payment. */
const lists: Record<string, (fields: string, more?: string) => Promise<Row | undefined>> = {
  Payment: async (fields, more = '') => {
    const query = `query${variablesOf(fields)} { payments(shopId: "${tenant.shopId}", filter: { status: [SETTLED] }) ${fields} } ${more}`;
    return (await read<{ payments: Page }>(query)).payments.edges.at(-1)?.node;
  },
  Transaction: async (fields, more = '') => {
    const query = `query${variablesOf(fields)} { payment(id: "${tenant.paidId}") { transactions(last: 1) ${fields} } } ${more}`;
    return (await read<{ payment: { transactions: Page } }>(query)).payment.transactions.edges[0]?.node;
  },
};

describe.each(Object.entries(lists))('a list of rows of %s', (typeName, list) => {
  const all = fieldsOf(typeName);

  it('gives of each field that is asked for alone what it gives of all together', async () => {
    const together = await list(`{ edges { node { ${all.map(({ asked }) => asked).join(' ')} } } }`);
    expect(Object.keys(together ?? {})).toEqual(all.map(({ name }) => name));
    for (const { name, asked } of all) {
      // Once by the engine, and once compiled.
      for (let run = 1; run <= compiledFromRun; run += 1) {
        expect(await list(`{ edges { node { ${asked} } } }`)).toEqual({ [name]: together?.[name] });
      }
    }
  });

  it('gives it however it is asked for: in fragments, under other names, in parts, on a condition', async () => {
    const expected = {
      id: expect.any(String),
      paid: expect.any(String),
      amount: expect.any(Object),
      status: 'SETTLED',
    };
    const more = `fragment Edge on ${typeName}Edge { node { ...Row } } fragment Row on ${typeName} { id paid: settledAt }`;
    const amount = 'edges { node { ... @include(if: $a) { amount { currency } } } }';
    const status = `edges { node { ... on ${typeName} { status @skip(if: false) } } }`;
    expect(await list(`{ edges { ...Edge } ${amount} ${status} }`, more)).toEqual(expected);
  });
});
