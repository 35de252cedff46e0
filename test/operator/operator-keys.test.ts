import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newOperatorKey } from '../../src/auth/model.ts';
import type { Demo } from '../../src/demo.ts';
import { walkSchema } from '../graphql/walk-schema.ts';
import { type Answer, ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Ran, runCommand } from '../support/run-command.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
});

afterAll(() => gateway.stop());

const who = (key: string | null) =>
  ask<{ operator: { name: string; keyId: string } }>(gateway, '{ operator { name keyId } }', { key });
const codeOf = ({ data, errors }: Answer<unknown>): unknown =>
  errors?.[0]?.extensions.code ?? Object.values((data ?? {}) as Record<string, { code?: string } | null>)[0]?.code;

describe('An operator’s key', () => {
  it('is in demo.json, and stays the same over a restart', async () => {
    expect(gateway.demo.operatorKey).toMatch(/^bo_test_/);
    expect((await who(gateway.demo.operatorKey)).data.operator.name).toBe('Demo');
    expect(await demoOfRestart()).toMatchObject(secretsOf(gateway.demo));
    expect((await who(gateway.demo.operatorKey)).data.operator.name).toBe('Demo');
  });

  it('is given to a demo.json of a version without operators, which keeps all else', async () => {
    const { operatorKey, ...older } = secretsOf(gateway.demo);
    await writeFile(join(gateway.config.dataDir, 'demo.json'), JSON.stringify(older));
    const demo = await demoOfRestart();
    expect(demo).toMatchObject(older);
    expect(demo.operatorKey).toMatch(/^bo_test_/);
    expect(demo.operatorKey).not.toBe(operatorKey);
    expect((await who(demo.operatorKey)).data.operator.name).toBe('Demo');
  });

  it('is what the refusal of an operation of operators asks for', async () => {
    for (const key of [null, newOperatorKey('test')]) {
      expect((await who(key)).errors?.[0]?.message).toMatch(
        /^Send a valid operator's key as `Authorization: Bearer bo_…`/,
      );
    }
    const merchants = await ask(gateway, '{ viewer { merchant { id } } }', { key: null });
    expect(merchants.errors?.[0]?.message).toMatch(/^Send a valid API key as `Authorization: Bearer bk_…`/);
  });

  it('is needed for every operation of operators, which no key of a merchant opens', async () => {
    const operations = walkSchema().filter(({ description }) => description.includes('Operators only'));
    expect(operations.length).toBeGreaterThan(1);
    for (const { query, name, field, variables } of operations) {
      const short = query.replace(
        /\{ (\w+(?:\([^{]*\))?) \{.*$/s,
        (_, call) => `{ ${call} { __typename ... on Refusal { code } } }`,
      );
      const sent = {
        query: name.startsWith('Mutation.') ? short : query,
        // The form of a cursor is looked at before anything else.
        variables: variables((path) => (path.endsWith('.after') ? undefined : crypto.randomUUID())),
      };
      const codes = [gateway.demo.apiKey, null, newOperatorKey('test'), newOperatorKey('live')].map(async (key) =>
        codeOf(await ask(gateway, sent.query, { variables: sent.variables, key })),
      );
      expect([field, ...(await Promise.all(codes))]).toEqual([
        ...[field, 'FORBIDDEN', 'UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED'],
      ]);
    }
  });

  it('opens nothing of merchants', async () => {
    const { shopId, operatorKey } = gateway.demo;
    for (const query of [
      `{ shop(id: "${shopId}") { id } }`,
      `{ payments(shopId: "${shopId}") { edges { cursor } } }`,
      '{ viewer { merchant { id } } }',
      `{ shops(first: 1) { edges { cursor } } }`,
      `mutation { createApiKey(input: {name: "x", scopes: ["payments:read"]}) { ... on Refusal { code } } }`,
    ]) {
      expect([query, codeOf(await ask(gateway, query, { key: operatorKey }))]).toEqual([query, 'FORBIDDEN']);
    }
  });

  it('is made and revoked by a command, and both stand in the audit log', async () => {
    const made = await run('--name', 'Anna Nowak', '--days', '30');
    const [, id = ''] = /^Id: {2}(\S+)$/m.exec(made.stdout) ?? [];
    const [, key = ''] = /^Key: (\S+)$/m.exec(made.stdout) ?? [];
    expect((await who(key)).data.operator).toEqual({ name: 'Anna Nowak', keyId: id });
    expect(await run('--revoke', id)).toMatchObject({ code: 0, stdout: `${id} is revoked.\n` });
    await expect.poll(async () => codeOf(await who(key))).toBe('UNAUTHENTICATED');
    expect(await run('--revoke', id)).toMatchObject({ code: 2, stderr: 'No good key of an operator has this id.\n' });
    const query = '{ auditEntries(first: 2) { action subject actor merchantId details } }';
    const { data } = await ask<{ auditEntries: object[] }>(gateway, query, { key: gateway.demo.operatorKey });
    expect(data.auditEntries).toMatchObject([
      { action: 'REVOKE_OPERATOR_KEY', subject: `operator:${id}`, actor: 'gateway', merchantId: null },
      { action: 'CREATE_OPERATOR_KEY', subject: `operator:${id}`, details: expect.stringContaining('Anna Nowak') },
    ]);
    expect(JSON.stringify(data)).not.toContain(key);
    // Four processes, on machines that are busy.
  }, 90_000);

  it.each([
    [[], /^--name or --revoke is needed/],
    [['--name', ''], /^name must have 1 to 100 characters/],
    [['--name', 'Anna', '--days', '0'], /^--days takes a whole number/],
    [['--colour', 'red'], /Unknown option '--colour'/],
  ])('is refused by the command for %j', async (args, words) => {
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(words);
  });
});

/** Starts a gateway anew on the same data, and gives what `demo.json` then holds. */
async function demoOfRestart(): Promise<Demo> {
  const { databaseUrl, dataDir } = gateway.config;
  const again = await startTestGateway({ role: 'api', databaseUrl, dataDir });
  await again.stop();
  return again.demo;
}

/** What of it is no address. */
function secretsOf({ merchantId, shopId, serviceId, serviceKey, restToken, apiKey, operatorKey }: Demo) {
  return { merchantId, shopId, serviceId, serviceKey, restToken, apiKey, operatorKey };
}

function run(...args: readonly string[]): Promise<Ran> {
  return runCommand('src/cli/operator-key.ts', args, { DATABASE_URL: gateway.config.databaseUrl ?? '' });
}
