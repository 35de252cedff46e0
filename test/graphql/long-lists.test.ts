import {
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { variablesLengthMax } from '../../src/graphql/share-results.ts';
import { choicesMax } from '../../src/kernel/choices.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { overWebSocket } from '../support/live.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
});

afterAll(() => gateway.stop());

type ChoiceList = { readonly path: readonly string[]; readonly choice: string };

/** The lists of choices that an argument takes, itself or somewhere inside. */
function listsOf(path: readonly string[], type: GraphQLInputType): ChoiceList[] {
  const named = getNamedType(type);
  if (isInputObjectType(named)) {
    return Object.values(named.getFields()).flatMap((field) => listsOf([...path, field.name], field.type));
  }
  if (!isListType(getNullableType(type)) || !isEnumType(named)) return [];
  return [{ path, choice: named.getValues()[0]?.name ?? '' }];
}

/** An argument that has a value somewhere inside. */
function argumentAt([step = '', ...inner]: readonly string[], value: string): string {
  return `${step}: ${inner.length === 0 ? value : `{ ${argumentAt(inner, value)} }`}`;
}

const fields = Object.values(schema.getQueryType()?.getFields() ?? {});
const lists = fields.flatMap(({ name, args }) =>
  args.flatMap((arg) => listsOf([arg.name], arg.type).map((list) => ({ name, args, ...list }))),
);

it('The queries that are narrowed by lists are known', () => {
  expect(new Set(lists.map(({ name }) => name)).size).toBeGreaterThan(7);
});

describe.each(lists)('$name by $path', ({ name, args, path, choice }) => {
  it('takes a choice as often as 200 times, and no longer list', async () => {
    const shop = args.some((arg) => arg.name === 'shopId') ? `shopId: "${gateway.demo.shopId}", ` : '';
    const { apiKey, operatorKey } = gateway.demo;
    const send = async (count: number) => {
      const list = `[${Array(count).fill(choice).join(' ')}]`;
      const query = `{ ${name}(${shop}first: 1, ${argumentAt(path, list)}) { pageInfo { hasNextPage } } }`;
      const { errors } = await ask(gateway, query, { key: shop ? apiKey : operatorKey });
      return errors?.map(({ extensions }) => [extensions.code, extensions.field]);
    };
    expect(await send(choicesMax)).toBeUndefined();
    expect(await send(choicesMax + 1)).toEqual([['INVALID_INPUT', path]]);
  });
});

describe('A subscription', () => {
  const query = `subscription($shopId: ID!, $types: [EventType!]) {
    events(shopId: $shopId, types: $types) { number } }`;

  it.each([
    ['a longer list', choicesMax + 1, { code: 'INVALID_INPUT', field: ['types'] }],
    ['variables that are longer than they may be', Math.floor(variablesLengthMax / 10), { code: 'INVALID_INPUT' }],
  ])('is refused for %s, which it would keep', async (_, count, extensions) => {
    const variables = { shopId: gateway.demo.shopId, types: Array(count).fill('PAYOUT_SENT') };
    const stream = await overWebSocket(gateway, { query, variables });
    expect((await stream.next())?.errors?.map((error) => error.extensions)).toEqual([extensions]);
    stream.end();
  });
});
