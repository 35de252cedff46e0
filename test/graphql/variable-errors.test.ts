import { GraphQLError, Kind, parse } from 'graphql';
import { expect, it } from 'vitest';
import { schema } from '../../src/graphql/schema.ts';
import { nameVariables } from '../../src/graphql/variable-errors.ts';

it('looks for the places of wrong variables alone, since it reads the document anew for each', () => {
  const names = Array.from({ length: 200 }, (_, index) => `v${index}`);
  const document = parse(`query(${names.map((name) => `$${name}: EventType!`).join(' ')}) {
    events(shopId: "1", types: [${names.map((name) => `$${name}`).join(' ')}]) { startOfLog } }`);
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('An operation was expected.');
  const { selectionSet } = operation;
  let reads = 0;
  const get = () => {
    reads += 1;
    return selectionSet;
  };
  Object.defineProperty(operation, 'selectionSet', { get, enumerable: true });
  const variableValues = Object.fromEntries(names.map((name) => [name, name === 'v7' ? 'WRONG' : 'PAYOUT_SENT']));
  const [error] = nameVariables({ schema, document, variableValues }, [new GraphQLError('Something is wrong.')]);
  expect(error).toMatchObject({ extensions: { code: 'INVALID_INPUT', field: ['types', '7'] } });
  expect(reads).toBeLessThan(10);
});
