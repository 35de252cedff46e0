import { expect } from 'vitest';
import { ask, type TestGateway } from '../support/gateway.ts';

/** What a mutation answered: the fields of its success, or of a Refusal. */
export type Outcome = {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly field?: string[] | null;
} & Record<string, unknown>;

export type RunOptions = {
  /** What to ask for of its success. */
  readonly select?: string;
  /** Undefined: the key of the test's tenant. */
  readonly key?: string;
};

/** Runs one mutation with one input, and gives its success or Refusal. */
export async function runMutation(
  gateway: TestGateway,
  { name, input, select, key }: RunOptions & { readonly name: string; readonly input: object; readonly key: string },
): Promise<Outcome> {
  const noun = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const success = select ? `... on ${noun}Success { ${select} }` : '';
  const parts = `__typename ${success} ... on Refusal { code message field }`;
  const query = `mutation($input: ${noun}Input!) { ${name}(input: $input) { ${parts} } }`;
  const answer = await ask<Record<string, Outcome>>(gateway, query, { variables: { input }, key });
  expect(answer.errors).toBeUndefined();
  return answer.data[name] as Outcome;
}

/** A Refusal with this code that blames this field, in one sentence. */
export function refusal(code: string, field: readonly string[] | null): object {
  return { __typename: 'Refusal', code, field, message: expect.stringMatching(/^[A-Za-z].{10,250}\.$/) };
}
