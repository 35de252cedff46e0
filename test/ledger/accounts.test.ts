import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { AccountKind, PostingKind } from '../../src/kernel/db/generated/prisma/enums.ts';
import { accounts, balancedKinds, mayPost, routes } from '../../src/ledger/accounts.ts';
import { writePostings } from '../../src/ledger/sql/write-postings.ts';
import { openWorld, type World } from '../payments/world.ts';
import { blikAcquirer } from '../support/factories.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

const kinds = Object.values(AccountKind);

/** An account of a kind, owned by one whom it may belong to; `other` is another one, where there can be two. */
const accountOf = (kind: AccountKind, other = false): { kind: AccountKind; owner: string } => ({
  kind,
  owner: accounts[kind].owner === 'gateway' ? 'gateway' : other ? 'other' : 'one',
});

/** Every pair of accounts that a posting of a kind could join. */
const pairs = kinds.flatMap((from) => kinds.map((to) => ({ from, to })));

describe('The chart of accounts', () => {
  it('is what the trigger of the database holds', async () => {
    const { rows } = await world.database.pool.query(
      `select kind, from_kind as "fromKind", to_kind as "toKind", one_owner as "oneOwner" from posting_rule`,
    );
    const known = (row: object): string => JSON.stringify(Object.entries(row).sort());
    expect(rows.map(known).sort()).toEqual(routes.map(({ about: _, ...route }) => known(route)).sort());
  });

  it('lets shops and recipients have a balance row, and nobody else', () => {
    expect(balancedKinds).toEqual(['SHOP', 'RECIPIENT']);
  });

  it.each(Object.values(PostingKind))(
    'knows the ways of %s, and refuses every other, as the database does',
    async (kind) => {
      const { pool } = world.database;
      const client = await pool.connect();
      try {
        await client.query('begin');
        await client.query(`insert into account (kind, owner, currency)
        select k, case when k in ('COMMISSION', 'PAYOUTS', 'BANK', 'SUSPENSE', 'BANK_FEES') then 'gateway' else o end, 'CHF'
        from unnest(enum_range(null::account_kind)) k, unnest(array['one', 'other']) o on conflict do nothing`);
        // References are not what is asked here.
        await client.query('alter table posting drop constraint posting_held, drop constraint posting_entry');
        const accepted: string[] = [];
        for (const { from, to } of pairs) {
          for (const other of [false, true]) {
            const ends = { from: accountOf(from), to: accountOf(to, other) };
            if (ends.from.kind === ends.to.kind && ends.from.owner === ends.to.owner) continue;
            await client.query('savepoint before');
            const done = await client
              .query(
                `insert into posting (kind, from_id, to_id, amount, currency, at)
              select $1::posting_kind, f.id, t.id, 1, 'CHF', '2026-01-01' from account f, account t
              where f.kind = $2 and f.owner = $3 and t.kind = $4 and t.owner = $5 and f.currency = 'CHF' and t.currency = 'CHF'`,
                [kind, ends.from.kind, ends.from.owner, ends.to.kind, ends.to.owner],
              )
              .then(({ rowCount }) => rowCount === 1)
              .catch((error: { constraint?: string }) => {
                expect(error.constraint).toBe('posting_route');
                return false;
              });
            await client.query('rollback to savepoint before');
            expect([from, to, other, done]).toEqual([from, to, other, mayPost({ kind, ...ends })]);
            if (done) accepted.push(`${from} ${to}`);
          }
        }
        const charted = routes
          .filter((route) => route.kind === kind)
          .map((route) => `${route.fromKind} ${route.toKind}`);
        expect([...new Set(accepted)].sort()).toEqual(charted.sort());
      } finally {
        await client.query('rollback');
        client.release();
      }
    },
  );

  it.each([
    ['of one acquirer with that of another', { kind: 'REFUNDS', owner: 'x' }, { kind: 'ACQUIRER', owner: 'y' }],
    ['of ours that is somebody else', { kind: 'PAYOUTS', owner: 'x' }, { kind: 'BANK', owner: 'gateway' }],
    ['of a shop that is us', { kind: 'ACQUIRER', owner: 'x' }, { kind: 'SHOP', owner: 'gateway' }],
  ] as const)('joins no account %s', (_, from, to) => {
    const posted = Object.values(PostingKind).filter((kind) => mayPost({ kind, from, to }));
    expect(posted).toEqual([]);
  });

  it('is asked before anything is written', async () => {
    const shop = await world.openShop();
    const at = new Date('2026-03-02T10:00:00.000Z');
    const from = { kind: 'ACQUIRER', owner: blikAcquirer } as const;
    const stray = {
      kind: 'PAYOUT',
      from,
      to: { kind: 'SHOP', owner: shop.id },
      amount: 1n,
      currency: 'PLN',
      at,
    } as const;
    const written = inTransaction(world.database, (tx) => writePostings(tx, [stray]));
    await expect(written).rejects.toThrow(`No PAYOUT goes from ACQUIRER ${blikAcquirer} to SHOP ${shop.id}`);
  });
});
