import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

/** A request for each code of the table. */
const wrong: Readonly<Record<string, string | readonly string[]>> = {
  BAD_REQUEST: ['[{"query": "{ __typename }"}]', '{"quer": "{ viewer { merchant { id } } }"}', '{', '{}'],
  PERSISTED_QUERY_NOT_SUPPORTED: '{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "00"}}}',
  GRAPHQL_PARSE_FAILED: '{"query": "{ viewer { "}',
  GRAPHQL_VALIDATION_FAILED: '{"query": "{ nothing }"}',
  QUERY_TOO_COMPLEX: JSON.stringify({ query: `{ ${'viewer { merchant { id } } '.repeat(21)} }` }),
  OPERATION_RESOLUTION_FAILURE: '{"query": "query A { viewer { __typename } }", "operationName": "B"}',
  INVALID_INPUT: [
    '{"query": "query ($id: ID!) { shop(id: $id) { name } }"}',
    JSON.stringify({ query: '{ payments(shopId: "a", filter: { createdFrom: "x" }) { edges { cursor } } }' }),
    '{"query": "{ a4111111111111111: viewer { __typename } }"}',
  ],
};

const table = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
const rows = Array.from(table.matchAll(/^\| `(\w+)` \| .* \| ([\d or]+) \|$/gm), ([, code = '', statuses = '']) => [
  code,
  statuses.split(' or ').map(Number),
]);

async function answerTo(body: string, accept: string): Promise<readonly [string | undefined, number]> {
  const headers = { accept, authorization: `Bearer ${gateway.demo.apiKey}`, 'content-type': 'application/json' };
  const response = await fetch(gateway.demo.graphqlUrl, { method: 'POST', headers, body });
  const { errors } = (await response.json()) as { errors?: readonly { extensions: { code: string } }[] };
  return [errors?.[0]?.extensions.code, response.status];
}

it('docs/errors.md says by which code and status each request is refused that is none', async () => {
  const seen = Object.entries(wrong).map(async ([code, bodies]) => {
    const statuses = new Set<number>();
    for (const body of [bodies].flat()) {
      const asSpecified = await answerTo(body, 'application/graphql-response+json');
      // As Apollo has it; some of its clients read no answer with another.
      expect(asSpecified).toEqual([code, code === 'PERSISTED_QUERY_NOT_SUPPORTED' ? 200 : 400]);
      const asJson = await answerTo(body, 'application/json');
      expect(asJson[0]).toBe(code);
      statuses.add(asSpecified[1]).add(asJson[1]);
    }
    return [code, [...statuses]];
  });
  expect(rows).toEqual(await Promise.all(seen));
});
