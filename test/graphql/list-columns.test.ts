import { type GraphQLNamedType, type GraphQLOutputType, getNamedType, isLeafType, isObjectType, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiledFromRun, compileOperations } from '../../src/graphql/compile-operations.ts';
import { schema } from '../../src/graphql/schema.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { settleTenant, type Tenant } from './world.ts';

let gateway: TestGateway;
let tenant: Tenant;
/** A payment with an attempt whose money is authorised. */
let reservedFor: string;

beforeAll(async () => {
  gateway = await startTestGateway();
  tenant = await settleTenant(gateway, { mark: 'columns' });
  // Lists read the columns that are shown and no others: each has a value here that tells it from one that is not there.
  await gateway.database.pool.query(
    `update payment set title = 'A title', locale = 'en', methods = '{BLIK}', refunded_amount = 1, description = 'A note',
      customer_email = 'j@shop.example', customer_phone = '+48 600', customer_company = 'A company', customer_tax_id = '1',
      success_url = 'https://shop.example/1', failure_url = 'https://shop.example/2', return_url = 'https://shop.example/3',
      notification_url = 'https://shop.example/4', documents = $2 where id = $1`,
    [
      tenant.paidId,
      { customerId: 'jan', cart: { items: [{ id: 7, amount: '5', taxStake: 23 }] }, invoice: { invoiceId: 'FV/1' } },
    ],
  );
  await gateway.database.pool.query(
    `update transaction set reason = 'GENERAL', acquirer_code = 'CODE_1', held_amount = 2, late = true, surplus = true,
      transfer_account = repeat('1', 26), authorized_until = created_at where payment_id = $1`,
    [tenant.paidId],
  );
  const reserved = await gateway.database.pool.query<{ id: string }>(
    'select payment_id as id from transaction where id = any($1::uuid[])',
    [tenant.reservedIds],
  );
  reservedFor = reserved.rows[0]?.id ?? '';
});

afterAll(() => gateway.stop());

/** What a payment holds of objects that are of its own row. */
const objects: Readonly<Record<string, string>> = {
  Money: 'amount currency',
  Customer: 'firstName lastName email phone company taxId',
  Cart: 'items { edges { node { number amount { amount currency } taxStake } } }',
  Invoice: 'number',
};

/** All that a type shows of its own row: its values, and objects that are made of them. */
function valuesOf(typeName: string): string {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`There is no type ${typeName}.`);
  const isValue = (field: GraphQLOutputType): boolean =>
    isLeafType(getNamedType(field)) || Object.hasOwn(objects, getNamedType(field).name);
  const fields = Object.values(type.getFields()).filter((field) => isValue(field.type));
  return fields
    .map(({ name, type: field }) => `${name} ${isLeafType(getNamedType(field)) ? '' : inside(getNamedType(field))}`)
    .join(' ');
}

async function read<Data>(query: string, variables: object = {}): Promise<Data> {
  const answer = await ask<Data>(gateway, query, { key: tenant.key, variables });
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

/** What is asked for in an object: the values of those of the same row, else something that tells it from others. */
function inside(type: GraphQLNamedType): string {
  return `{ ${objects[type.name] ?? (isObjectType(type) && type.getFields().id ? 'id' : '__typename')} }`;
}

/** Every field of a type that can be asked for without an argument or a page, each with something of its own inside. */
function fieldsOf(typeName: string): { readonly name: string; readonly asked: string }[] {
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`There is no type ${typeName}.`);
  return Object.values(type.getFields()).map(({ name, type: field }) => {
    const named = getNamedType(field);
    if (isLeafType(named)) return { name, asked: name };
    if (named.name.endsWith('Connection'))
      return { name, asked: `${name}(first: 5) { edges { node { __typename } } }` };
    return { name, asked: `${name} ${inside(named)}` };
  });
}

type Row = Readonly<Record<string, unknown>>;
type Page = { readonly edges: readonly { readonly node: Row }[] };

/** A list of rows of a type in a query, with its variables, and where the first row of it is in the answer. */
type List = {
  readonly typeName: string;
  readonly query: (fields: string) => string;
  readonly variables: () => object;
  readonly rowIn: (data: never) => Row | undefined;
};

// By variables alone, since what has literals in it is not compiled.
const lists: Record<string, List> = {
  payments: {
    typeName: 'Payment',
    query: (fields) => `payments(shopId: $shop, order: $order, first: 1) ${fields}`,
    variables: () => ({ shop: tenant.shopId, order: 'OLDEST_FIRST' }),
    rowIn: ({ payments }: { payments: Page }) => payments.edges[0]?.node,
  },
  transactions: {
    typeName: 'Transaction',
    query: (fields) => `transactions(shopId: $shop, order: $order, first: 1) ${fields}`,
    variables: () => ({ shop: tenant.shopId, order: 'OLDEST_FIRST' }),
    rowIn: ({ transactions }: { transactions: Page }) => transactions.edges[0]?.node,
  },
  'attempts that settled': attemptsOn(() => tenant.paidId),
  'attempts that are authorised': attemptsOn(() => reservedFor),
};

function attemptsOn(paymentId: () => string): List {
  return {
    typeName: 'Transaction',
    query: (fields) => `payment(id: $payment) { transactions(last: 1) ${fields} }`,
    variables: () => ({ payment: paymentId() }),
    rowIn: ({ payment }: { payment: { transactions: Page } }) => payment.transactions.edges[0]?.node,
  };
}

const kinds = { $shop: 'ID!', $order: 'ListOrder!', $payment: 'ID!', $a: 'Boolean!' };

/** Reads the first row of a list as often as makes the last run a compiled one; all must say the same. */
async function readRow({ query, variables, rowIn }: List, fields: string, more = ''): Promise<Row | undefined> {
  const body = query(fields);
  // None may be declared in vain.
  const declared = Object.entries(kinds).flatMap(([name, kind]) => (body.includes(name) ? `${name}: ${kind}` : []));
  const given = { ...variables(), ...(body.includes('$a') && { a: true }) };
  const runs: (Row | undefined)[] = [];
  while (runs.length < compiledFromRun) {
    runs.push(rowIn((await read(`query(${declared.join(' ')}) { ${body} } ${more}`, given)) as never));
  }
  expect(new Set(runs.map((row) => JSON.stringify(row))).size).toBe(1);
  return runs[0];
}

/** How many of the runs up to the one that may be compiled were the engine's. */
async function runsOfEngine(query: string): Promise<number> {
  const run = compileOperations();
  const variableValues = { shop: tenant.shopId, order: 'NEWEST_FIRST' };
  const args = { schema, document: parse(query), contextValue: { actor: {} }, variableValues };
  let runs = 0;
  const engine = (): object => {
    runs += 1;
    return {};
  };
  for (let time = 1; time <= compiledFromRun; time += 1) await run(args, engine);
  return runs;
}

it('is compiled like any other operation when it comes again, unless it asks for relations', async () => {
  const listed = (fields: string): string =>
    `query($shop: ID!, $order: ListOrder!) { payments(shopId: $shop, order: $order) { edges { node { ${fields} } } } }`;
  const attempts = 'transactions(first: 1) { edges { node { status } } }';
  expect(await runsOfEngine(listed(`status ${attempts}`))).toBe(compiledFromRun - 1);
  expect(await runsOfEngine(listed('status link { id }'))).toBe(compiledFromRun);
});

describe.each(Object.entries(lists))('a list of %s', (_name, list) => {
  const { typeName } = list;
  const all = fieldsOf(typeName);

  it('gives of each field that is asked for alone what it gives of all together', async () => {
    const together = await readRow(list, `{ edges { node { ${all.map(({ asked }) => asked).join(' ')} } } }`);
    expect(Object.keys(together ?? {})).toEqual(all.map(({ name }) => name));
    for (const { name, asked } of all) {
      expect(await readRow(list, `{ edges { node { ${asked} } } }`)).toEqual({ [name]: together?.[name] });
    }
  });

  it('gives it however it is asked for: in fragments, under other names, in parts, on a condition', async () => {
    const expected = {
      id: expect.any(String),
      made: expect.any(String),
      amount: expect.any(Object),
      status: expect.any(String),
    };
    const more = `fragment Edge on ${typeName}Edge { node { ...Row } } fragment Row on ${typeName} { id made: createdAt }`;
    const amount = 'edges { node { ... @include(if: $a) { amount { currency } } } }';
    const status = `edges { node { ... on ${typeName} { status @include(if: $a) } } }`;
    expect(await readRow(list, `{ edges { ...Edge } ${amount} ${status} }`, more)).toEqual(expected);
  });
});
