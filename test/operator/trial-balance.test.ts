import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { writePostings } from '../../src/ledger/sql/write-postings.ts';
import { blikAcquirer } from '../support/factories.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
});

afterAll(() => gateway.stop());

type Balance = {
  readonly currency: string;
  readonly sum: string;
  readonly lines: readonly { readonly kind: string; readonly owner: string | null; readonly balance: string }[];
};

async function draw(before: string): Promise<Balance | undefined> {
  const query =
    'query ($before: DateTime) { trialBalance(before: $before) { currency sum lines { kind owner balance } } }';
  const sent = { variables: { before }, key: gateway.demo.operatorKey };
  const { data } = await ask<{ trialBalance: Balance[] }>(gateway, query, sent);
  return data.trialBalance.find(({ currency }) => currency === 'PLN');
}

describe('The trial balance, over GraphQL', () => {
  it('says what all accounts had just before a moment', async () => {
    const [at, after] = ['2026-03-02T10:00:00.000Z', '2026-03-02T10:00:00.001Z'];
    const from = { kind: 'ACQUIRER', owner: blikAcquirer } as const;
    const to = { kind: 'SHOP', owner: gateway.demo.shopId } as const;
    const sale = { kind: 'SALE', from, to, amount: 1_234n, currency: 'PLN', at: new Date(at) } as const;
    await inTransaction(gateway.database, (tx) => writePostings(tx, [sale]));
    expect(await draw(at)).toBeUndefined();
    const drawn = await draw(after);
    expect(Number(drawn?.sum)).toBe(0);
    expect(drawn?.lines).toEqual([
      { kind: 'SHOP', owner: null, balance: expect.anything() },
      { kind: 'ACQUIRER', owner: blikAcquirer, balance: expect.anything() },
    ]);
    expect(drawn?.lines.map(({ balance }) => Number(balance))).toEqual([1_234, -1_234]);
  });
});
