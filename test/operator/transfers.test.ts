import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allotAccount } from '../../src/acquirers/sandbox-transfers/allot-account.ts';
import type { BankEntry } from '../../src/statements/bank-entry.ts';
import { entryOf } from '../statements/entries.ts';
import { writeCamt } from '../statements/write-camt.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
});

afterAll(() => gateway.stop());

type Held = {
  id: string;
  title: string;
  status: string;
  reason: string | null;
  held: { amount: number };
  number: number;
};

/** Asks as an operator; gives the one field of the answer. */
async function operate(query: string, variables: object = {}): Promise<Record<string, unknown>> {
  const { data, errors } = await ask<Record<string, Record<string, unknown>>>(gateway, query, {
    variables: variables as Record<string, unknown>,
    key: gateway.demo.operatorKey,
  });
  expect(errors).toBeUndefined();
  return Object.values(data)[0] ?? {};
}

const importing = `mutation ($input: ImportStatementInput!) { importStatement(input: $input) {
  ... on ImportStatementSuccess { replayed statement { id name format entries newEntries } }
  ... on Refusal { code message field } } }`;
const decided = (
  name: string,
) => `mutation ($input: ${name[0]?.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) {
  ... on ${name[0]?.toUpperCase()}${name.slice(1)}Success { transfer { id status reason held { amount } applied { amount } returned { amount } } }
  ... on Refusal { code message field } } }`;

const contentOf = (...entries: readonly BankEntry[]) => {
  const account = gateway.config.statements.accounts[0] ?? '';
  return Buffer.from(writeCamt('053.001.08', [{ account, entries }])).toString('base64');
};
type Page = { edges: { cursor: string; node: Held }[]; pageInfo: { hasNextPage: boolean } };
const page = async (args: string) =>
  (await operate(
    `{ heldTransfers(${args}) { edges { cursor node { id number status reason held { amount currency } title returnReference } }
      pageInfo { hasNextPage } } }`,
  )) as unknown as Page;
const list = async (args: string) => (await page(args)).edges.map(({ node }) => node);

describe('An operator', () => {
  it('imports a statement, sees what is held, and decides on it', async () => {
    const entries = ['one', 'two', 'three'].map((name) => entryOf({ sentTo: allotAccount(name), title: name }));
    const content = contentOf(...entries, entryOf({ direction: 'DEBIT', amount: 100n }));
    const input = { name: 'wyciag.xml', content };
    const imported = { name: 'wyciag.xml', format: 'CAMT_053', entries: 4, newEntries: 4 };
    expect(await operate(importing, { input })).toMatchObject({ replayed: false, statement: imported });
    expect(await operate(importing, { input })).toMatchObject({ replayed: true, statement: imported });
    const held = await list('first: 10');
    expect(held.map(({ status, reason, held: { amount } }) => [status, reason, amount])).toEqual([
      ...['one', 'two', 'three'].map(() => ['HELD', 'UNKNOWN_ACCOUNT', 10_000]),
      ['HELD', 'UNKNOWN_DEBIT', 0],
    ]);
    const [first, , , fee] = held;
    const begin = await page('first: 1');
    const [cursor] = begin.edges.map((edge) => edge.cursor);
    expect([begin.edges[0]?.node, begin.pageInfo.hasNextPage]).toEqual([first, true]);
    const reason = 'not ours';
    expect(await operate(decided('returnHeldTransfer'), { input: { transferId: first?.id, reason } })).toMatchObject({
      transfer: { status: 'RETURNED', reason: null, held: { amount: 0 }, returned: { amount: 10_000 } },
    });
    // The first is held no more, and the page behind it begins with the second.
    expect(await list(`first: 2, after: "${cursor}"`)).toEqual(held.slice(1, 3));
    expect(await list(`last: 2`)).toEqual(held.slice(2));
    expect(
      await operate(decided('dismissHeldTransfer'), { input: { transferId: fee?.id, reason, notOfPayout: true } }),
    ).toMatchObject({
      transfer: { status: 'DISMISSED' },
    });
    const dismissed = { input: { transferId: fee?.id, reason } };
    expect(await operate(decided('holdDismissedTransfer'), dismissed)).toMatchObject({
      transfer: { status: 'HELD', reason: 'UNKNOWN_DEBIT' },
    });
    await operate(decided('dismissHeldTransfer'), dismissed);
    expect((await list('first: 10')).map(({ id }) => id)).toEqual(held.slice(1, 3).map(({ id }) => id));
    expect((await list('first: 10, status: [RETURNED]')).map(({ id }) => id)).toEqual([first?.id]);
  });

  it('says which held transfer the bank has taken back', async () => {
    const told = contentOf(
      entryOf({ sentTo: allotAccount('four'), title: 'four' }),
      entryOf({ direction: 'DEBIT', isReversal: true, amount: 4_000n, title: 'STORNO' }),
    );
    await operate(importing, { input: { name: 'storno.xml', content: told } });
    const held = await list('first: 100');
    const [credit, debit] = ['four', 'STORNO'].map((title) => held.find((each) => each.title === title));
    const input = { transferId: debit?.id, heldTransferId: credit?.id };
    expect(await operate(decided('assignHeldTransfer'), { input })).toMatchObject({ transfer: { status: 'BOOKED' } });
    const left = (await operate(
      '{ heldTransfers { edges { node { id held { amount } takenBack { amount } } } } }',
    )) as {
      edges?: { node: { id: string } }[];
    };
    expect(left.edges?.find(({ node }) => node.id === credit?.id)?.node).toMatchObject({
      ...{ held: { amount: 6_000 }, takenBack: { amount: 4_000 } },
    });
    for (const [wish, code, field] of [
      [{ ...input, heldTransferId: crypto.randomUUID() }, 'WRONG_STATE', null],
      [{ transferId: credit?.id, heldTransferId: 'x' }, 'NOT_FOUND', ['heldTransferId']],
      [{ transferId: credit?.id }, 'INVALID_INPUT', ['transactionId']],
    ] as const) {
      expect(await operate(decided('assignHeldTransfer'), { input: wish })).toMatchObject({ code, field });
    }
  });

  it('finds what a transfer may be for, and names it as files of the bank do', async () => {
    const { data } = await ask<{ shops: { edges: { node: { id: string } }[] } }>(
      gateway,
      '{ shops { edges { node { id } } } }',
    );
    const shopId = data.shops.edges[0]?.node.id;
    const created = await ask<{ createPayment: { payment: { id: string } } }>(
      gateway,
      `mutation ($input: CreatePaymentInput!) { createPayment(input: $input) { ... on CreatePaymentSuccess { payment { id } } ... on Refusal { message } } }`,
      {
        variables: {
          input: {
            shopId,
            idempotencyKey: crypto.randomUUID(),
            amount: 10_000,
            currency: 'PLN',
            orderId: '1',
            customer: { firstName: 'Jan', lastName: 'Kowalski', email: 'jan@example.com' },
          },
        },
      },
    );
    const started = await ask<{ startTransaction: { transaction: { id: string; transferAccount: string } } }>(
      gateway,
      `mutation ($input: StartTransactionInput!) { startTransaction(input: $input) { ... on StartTransactionSuccess { transaction { id transferAccount } } ... on Refusal { message } } }`,
      {
        variables: {
          input: {
            ...{ paymentId: created.data.createPayment.payment.id, idempotencyKey: crypto.randomUUID() },
            ...{ method: 'WIRE_TRANSFER', channel: 'wt' },
          },
        },
      },
    );
    const { id, transferAccount: account } = started.data.startTransaction.transaction;
    const find = (reference: string) =>
      operate(
        `query ($reference: String!) { transferTarget(reference: $reference) { kind id status shopId account amount { amount } applied { amount } } }`,
        { reference },
      );
    const target = {
      ...{ kind: 'TRANSACTION', id, status: 'PENDING', shopId, account },
      ...{ amount: { amount: 10_000 }, applied: { amount: 0 } },
    };
    const bare = id.replaceAll('-', '');
    for (const reference of [id, bare.toUpperCase(), account, `PL ${account}`]) {
      expect(await find(reference)).toEqual(target);
    }
    expect(await find(crypto.randomUUID())).toEqual({});
    await operate(importing, { input: { name: 'x', content: contentOf(entryOf({ title: 'no number' })) } });
    const transferId = (await list('first: 100')).find(({ title }) => title === 'no number')?.id;
    expect(await operate(decided('assignHeldTransfer'), { input: { transferId, transactionId: bare } })).toMatchObject({
      transfer: { status: 'BOOKED' },
    });
    expect(await find(id)).toEqual({ ...target, status: 'SETTLED', applied: { amount: 10_000 } });
    const query = '{ transferTarget(reference: "Kowalski") { id } }';
    const { errors } = await ask(gateway, query, { key: gateway.demo.operatorKey });
    expect(errors?.[0]?.extensions.code).toBe('INVALID_INPUT');
    expect((await ask(gateway, query)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it.each(['first: 101', 'first: -1', 'after: "x"', `after: "${btoa(`GPC:S:${crypto.randomUUID()}`)}"`])(
    'is refused a page of %s',
    async (args) => {
      const { errors } = await ask(gateway, `{ heldTransfers(${args}) { edges { cursor } } }`, {
        key: gateway.demo.operatorKey,
      });
      expect(errors?.[0]?.extensions.code).toBe('INVALID_INPUT');
    },
  );

  it('is refused in one sentence', async () => {
    const bad = [
      [{ name: 'x', content: '?' }, 'content must be the bytes of the file in base64.'],
      [{ name: '', content: contentOf() }, 'name must have 1 to 255 characters, not 0.'],
      [{ name: 'x', content: Buffer.from('<html/>').toString('base64') }, /^Line 1: only camt\.053/],
    ] as const;
    for (const [input, message] of bad) {
      const answer = await operate(importing, { input });
      expect(answer).toMatchObject({ code: 'INVALID_INPUT' });
      expect(answer.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    }
    const transferId = crypto.randomUUID();
    expect(await operate(decided('assignHeldTransfer'), { input: { transferId, payoutId: transferId } })).toMatchObject(
      {
        code: 'NOT_FOUND',
      },
    );
    expect(await operate(decided('returnHeldTransfer'), { input: { transferId, reason: 'x' } })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
