import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { snapshotOf } from '../../src/kernel/db/read-snapshot.ts';
import { describeFault } from '../../src/ledger/model.ts';
import { takeSnapshots } from '../../src/ledger/take-snapshots.ts';
import { verifyLedger, verifySnapshot } from '../../src/ledger/verify-ledger.ts';
import { applyBankAnswers } from '../../src/payouts/apply-bank-answer.ts';
import { openPayoutWorld, type PayoutWorld } from '../payouts/world.ts';
import type { Sale } from '../refunds/world.ts';

let world: PayoutWorld;
/** A sale of 100.00 of which 20.00 were refunded, and the payouts of its shop: one booked, one that came back. */
let sale: Sale;
let refundId: string;
let payoutIds: string[];

beforeAll(async () => {
  world = await openPayoutWorld();
  const shop = await world.openShop();
  sale = await world.sell(shop);
  world.acquirer.onMove({ kind: 'settled' });
  refundId = (await world.refund(sale, { amount: 2_000n })).refund.id;
  await world.payAt('2026-11-27T06:00:00+01:00');
  await world.sell(shop, 5_000n);
  await world.payAt('2026-11-30T06:00:00+01:00');
  payoutIds = (await world.payoutsOf(shop.id)).map(({ id }) => id);
  await world.sendAt('2026-11-30T09:00:00+01:00');
  await hearBank(payoutIds[0] ?? '', 'booked');
  await hearBank(payoutIds[1] ?? '', 'returned');
  await takeSnapshots(world.database);
});

afterAll(() => world.close());

async function hearBank(payoutId: string, kind: 'booked' | 'returned'): Promise<void> {
  const answer = kind === 'returned' ? { payoutId, kind, reason: 'AC01' } : { payoutId, kind };
  await inTransaction(world.database, (tx) => applyBankAnswers(tx, world.payouts, [answer]));
}

/** What is found when the database was changed by statements that no trigger or foreign key looks at; they are undone. */
async function faultsAfter(damage: (client: pg.PoolClient) => Promise<unknown>): Promise<string[]> {
  const client = await world.database.pool.connect();
  const faults: string[] = [];
  try {
    await client.query('begin');
    await client.query(`set local session_replication_role = 'replica'`);
    await damage(client);
    await verifySnapshot(snapshotOf(client), (fault) => faults.push(describeFault(fault)));
  } finally {
    await client.query('rollback');
    client.release();
  }
  return faults.map((fault) => fault.replace(/ \([^()]*(?:\([^()]*\))?\)$/, ''));
}

/** Where the books of this sale are, for statements that damage them. */
const books = () => ({
  shop: sale.shop.id,
  transaction: sale.transaction.id,
  payment: sale.payment.id,
  refund: refundId,
  booked: payoutIds[0] ?? '',
  returned: payoutIds[1] ?? '',
});

const entryId = randomUUID();

type Books = ReturnType<typeof books>;
/** What is damaged, how, which checks see it, and one of the faults in full. */
type Damage = readonly [
  what: string,
  sql: (of: Books) => string,
  checks: readonly string[],
  found: (of: Books) => string,
];

const saleOf = (of: Books): string =>
  `capture_id = (select id from capture where transaction_id = '${of.transaction}')`;
const account = (owner: string): string => `(select id from account where owner = '${owner}' and currency = 'PLN')`;
const ofShop = (of: Books): string => `of shop ${of.shop}`;

const damages: readonly Damage[] = [
  [
    'a posting of another amount',
    (of) => `update posting set amount = 10001 where ${saleOf(of)}`,
    ['balance_row', 'payout_sums', 'sale_posted', 'snapshot'],
    (of) => `payout_sums: payout ${of.booked} of account of ${of.shop} has 80.00 PLN where 80.01 PLN is right`,
  ],
  [
    'a posting that is gone',
    (of) => `delete from posting where refund_id = '${of.refund}' and kind = 'REFUND_SETTLED'`,
    ['refund_posted', 'snapshot'],
    (of) =>
      `refund_posted: refund ${of.refund} (REFUND_SETTLED) of transaction ${of.transaction} ${ofShop(of)} has 0.00 PLN where 20.00 PLN is right`,
  ],
  [
    'a posting below zero',
    (of) => `alter table posting drop constraint posting_amount;
      update posting set amount = -10000 where ${saleOf(of)}`,
    ['balance_row', 'payout_sums', 'posting_form', 'sale_posted', 'snapshot'],
    (of) => `balance_row: account SHOP ${of.shop} has 49.30 PLN where -150.70 PLN is right`,
  ],
  [
    'a posting between two currencies',
    (of) => `update posting set to_id = (select id from account where owner = '${of.shop}' and currency = 'EUR')
      where ${saleOf(of)}`,
    ['balance_row', 'payout_sums', 'posting_form', 'snapshot', 'zero_sum'],
    () => 'zero_sum: all accounts has -100.00 PLN where 0.00 PLN is right',
  ],
  [
    'a posting that goes a way of its own',
    (of) => `update posting set from_id = (select id from account where kind = 'BANK' and currency = 'PLN')
      where ${saleOf(of)}`,
    ['posting_route', 'sale_posted', 'snapshot'],
    (of) =>
      `sale_posted: capture CAPTURE of transaction ${of.transaction} ${ofShop(of)} has 0.00 PLN where 100.00 PLN is right`,
  ],
  [
    'a posting about nothing',
    (of) => `update posting set capture_id = null where ${saleOf(of)}`,
    ['posting_route', 'sale_posted'],
    (of) =>
      `sale_posted: capture CAPTURE of transaction ${of.transaction} ${ofShop(of)} has 0.00 PLN where 100.00 PLN is right`,
  ],
  [
    'a posting written twice',
    (of) => `drop index posting_sale_once; insert into posting (kind, from_id, to_id, amount, currency, capture_id, at)
      select kind, from_id, to_id, amount, currency, capture_id, at from posting where ${saleOf(of)};
      update account_balance set amount = amount + 10000 where account_id = ${account(of.shop)}`,
    ['owner_balance', 'sale_posted'],
    (of) => `owner_balance: account SHOP ${of.shop} has 149.30 PLN where 49.30 PLN is right`,
  ],
  [
    'a sale that is booked on another shop',
    (of) => `insert into account (kind, owner, currency) values ('SHOP', '${randomUUID()}', 'PLN');
      insert into account_balance (account_id, amount) select max(id), 10000 from account;
      update account_balance set amount = amount - 10000 where account_id = ${account(of.shop)};
      update posting set to_id = (select max(id) from account) where ${saleOf(of)}`,
    ['owner_balance', 'payout_sums', 'sale_posted', 'snapshot'],
    (of) => `owner_balance: account SHOP ${of.shop} has -50.70 PLN where 49.30 PLN is right`,
  ],
  [
    'a balance row that moved by itself',
    (of) => `update account_balance set amount = amount + 1 where account_id = ${account(of.shop)}`,
    ['balance_row', 'owner_balance'],
    (of) => `balance_row: account SHOP ${of.shop} has 49.31 PLN where 49.30 PLN is right`,
  ],
  [
    'a balance row that is gone',
    (of) => `delete from account_balance where account_id = ${account(of.shop)}`,
    ['balance_row'],
    (of) => `balance_row: account SHOP ${of.shop} where 49.30 PLN is right`,
  ],
  [
    'a snapshot that is wrong',
    (of) => `update account_snapshot set amount = 1 where account_id = ${account(of.shop)} and day = '2026-11-27'`,
    ['snapshot'],
    (of) => `snapshot: account SHOP ${of.shop} on 2026-11-27 has 0.01 PLN where 50.00 PLN is right`,
  ],
  [
    'a transaction that settled more than was captured',
    (of) => `update transaction set settled_amount = 9999 where id = '${of.transaction}'`,
    ['commission_kept', 'owner_balance', 'settled_amount'],
    (of) => `settled_amount: transaction ${of.transaction} ${ofShop(of)} has 99.99 PLN where 100.00 PLN is right`,
  ],
  [
    'a refund that is over and was never posted so',
    (of) => `update refund set status = 'REJECTED' where id = '${of.refund}'`,
    ['owner_balance', 'refund_posted', 'refunded_amount'],
    (of) =>
      `refund_posted: refund ${of.refund} (REFUND_REJECTED) of transaction ${of.transaction} ${ofShop(of)} has 0.00 PLN where 20.00 PLN is right`,
  ],
  [
    'refunds above what was settled',
    (of) => `update refund set amount = 10001 where id = '${of.refund}'`,
    ['owner_balance', 'refund_posted', 'refunded_amount', 'refunds_within'],
    (of) => `refunds_within: transaction ${of.transaction} ${ofShop(of)} has 100.01 PLN where 100.00 PLN is right`,
  ],
  [
    'a payment that counts another amount as refunded',
    (of) => `update payment set refunded_amount = 1 where id = '${of.payment}'`,
    ['payment_refunded'],
    (of) => `payment_refunded: payment ${of.payment} ${ofShop(of)} has 0.01 PLN where 20.00 PLN is right`,
  ],
  [
    'a payment that is settled twice',
    (of) =>
      `drop index transaction_one_settled; update transaction set payment_id = '${of.payment}' where shop_id = '${of.shop}'`,
    ['settled_once'],
    (of) => `settled_once: payment ${of.payment}, which is SETTLED and settled by 2 ${ofShop(of)}`,
  ],
  [
    'money held that nobody has',
    (of) => `update transaction set held_amount = 7 where id = '${of.transaction}'`,
    ['held_money'],
    (of) => `held_money: transaction ${of.transaction} ${ofShop(of)} has 0.00 PLN where 0.07 PLN is right`,
  ],
  [
    'a commission that was forgotten',
    (of) => `delete from commission where transaction_id = '${of.transaction}'`,
    ['commission_kept', 'payout_commission'],
    (of) => `payout_commission: payout ${of.booked} of account of ${of.shop} has 1.40 PLN where 0.00 PLN is right`,
  ],
  [
    'a payout that came back and was never posted so',
    (of) => `delete from posting where payout_id = '${of.returned}' and kind = 'PAYOUT_RETURNED'`,
    ['balance_row', 'payout_posted', 'snapshot'],
    (of) =>
      `payout_posted: payout ${of.returned} (PAYOUT_RETURNED) of account of ${of.shop} has 0.00 PLN where 49.30 PLN is right`,
  ],
  [
    'a payout that is said to have been cancelled and executed, and was never posted so',
    (of) => `update payout set reinstated_at = settled_at where id = '${of.booked}'`,
    ['payout_posted'],
    (of) =>
      `payout_posted: payout ${of.booked} (PAYOUT_REINSTATED) of account of ${of.shop} has 0.00 PLN where 78.60 PLN is right`,
  ],
  [
    'a payout that takes up what another has taken up',
    (of) => `update payout set postings_after = 1 where id = '${of.returned}'`,
    ['payout_follows', 'payout_sums'],
    (of) => `payout_sums: payout ${of.returned} of account of ${of.shop} has 50.00 PLN where 30.00 PLN is right`,
  ],
  [
    'a transfer that is held and was never posted',
    () => `with f as (insert into statement_file (id, name, format, hash, entries, fresh, source, created_at, compared_by)
        values ('${randomUUID()}', 'x', 'MT940', 'x', 1, 1, 'folder', '2026-11-30', 1) returning id)
      insert into statement_entry (id, file_id, account, fingerprint, occurrence, direction, is_reversal, amount, currency,
        booked_on, title, status, reason, held_amount, created_at, updated_at)
      select '${entryId}', id, 'ours', 'x', 1, 'CREDIT', false, 700, 'PLN', '2026-11-30', 'x', 'HELD', 'UNKNOWN_ACCOUNT', 700,
        '2026-11-30', '2026-11-30' from f`,
    ['entry_posted'],
    () => `entry_posted: entry ${entryId} (SUSPENSE) has 0.00 PLN where 7.00 PLN is right`,
  ],
  [
    'a lost dispute that was never posted',
    (of) => `insert into dispute (id, shop_id, transaction_id, status, amount, currency, created_at, updated_at)
      values ('${randomUUID()}', '${of.shop}', '${of.transaction}', 'LOST', 300, 'PLN', '2026-11-30', '2026-11-30')`,
    ['owner_balance'],
    (of) => `owner_balance: account SHOP ${of.shop} has 49.30 PLN where 46.30 PLN is right`,
  ],
];

describe('npm run ledger:verify', () => {
  it('finds nothing in a healthy ledger, and says what it looked at', async () => {
    const told: string[] = [];
    const done = await verifyLedger(world.url, (fault) => told.push(describeFault(fault)));
    expect([told, done.faults, done.verdicts.filter(({ faults }) => faults > 0)]).toEqual([[], 0, []]);
    expect(done.subjects).toMatchObject({ postings: 10n, payments: 2n, transactions: 2n, captures: 2n, refunds: 1n });
    expect(done.totals).toEqual([
      { currency: 'PLN', kind: 'SHOP', amount: 4_930n },
      { currency: 'PLN', kind: 'ACQUIRER', amount: -13_000n },
      { currency: 'PLN', kind: 'REFUNDS', amount: 0n },
      { currency: 'PLN', kind: 'COMMISSION', amount: 210n },
      { currency: 'PLN', kind: 'PAYOUTS', amount: 0n },
      { currency: 'PLN', kind: 'BANK', amount: 7_860n },
    ]);
  });

  it.each(damages)('finds %s, and names it', async (_, sql, checks, found) => {
    const faults = await faultsAfter((client) => client.query(sql(books())));
    const { rows } = await world.database.pool.query<{ id: string }>(
      'select id from capture where transaction_id = $1',
      [sale.transaction.id],
    );
    const words = faults.map((fault) => fault.replace(rows[0]?.id ?? '', 'CAPTURE'));
    expect([...new Set(faults.map((fault) => fault.split(':')[0]))].sort()).toEqual(checks);
    expect(words).toContain(found(books()));
  });

  it('knows the shares of recipients', async () => {
    const share = (of: Books, merchantId: string): string => {
      const recipient = randomUUID();
      return `insert into recipient (id, merchant_id, name, iban, created_at)
          values ('${recipient}', '${merchantId}', 'Ewa', 'PL61109010140000071219812874', '2026-11-26');
        insert into basket_share (id, shop_id, payment_id, recipient_id, amount, currency, label)
          values ('${randomUUID()}', '${of.shop}', '${of.payment}', '${recipient}', 4000, 'PLN', 'Ewa');
        insert into account (kind, owner, currency) values ('RECIPIENT', '${recipient}', 'PLN');
        insert into posting (kind, from_id, to_id, amount, currency, capture_id, at)
          select p.kind, p.from_id, a.id, 4000, p.currency, p.capture_id, p.at from posting p, account a
          where ${saleOf(of)} and a.owner = '${recipient}';
        update posting set amount = 6000 where ${saleOf(of)} and amount = 10000;
        insert into account_balance (account_id, amount) select id, 4000 from account where owner = '${recipient}';
        update account_balance set amount = amount - 4000 where account_id = ${account(of.shop)}`;
    };
    const own = await faultsAfter((client) => client.query(share(books(), sale.shop.merchantId)));
    // The payout that was made before does not know of it, and neither do the snapshots.
    expect([...new Set(own.map((fault) => fault.split(':')[0]))].sort()).toEqual(['payout_sums', 'snapshot']);
    const unfair = await faultsAfter(async (client) => {
      await client.query(share(books(), sale.shop.merchantId));
      await client.query('update basket_share set amount = 4001');
      await client.query(`insert into refund_share (refund_id, recipient_id, amount, currency)
        select '${refundId}', recipient_id, 800, 'PLN' from basket_share`);
    });
    expect(unfair).toContainEqual(expect.stringMatching(/^sale_shared: .* has 40\.00 PLN where 40\.01 PLN is right$/));
    expect(unfair).toContainEqual(expect.stringMatching(/^refund_shared: .* has 0\.00 PLN where 8\.00 PLN is right$/));
    const other = await world.openShop();
    const foreign = await faultsAfter((client) => client.query(share(books(), other.merchantId)));
    expect(foreign).toContainEqual(
      expect.stringMatching(/^sale_posted: .* has 60\.00 PLN where 100\.00 PLN is right$/),
    );
  });

  it('tells every fault, however many there are', async () => {
    const faults = await faultsAfter((client) =>
      client.query(
        `insert into account (kind, owner, currency) select 'SHOP', n::text, 'PLN' from generate_series(1, 1200) n`,
      ),
    );
    expect(faults.length).toBe(1_200);
    expect(faults).toContain('balance_row: account SHOP 1200 where 0.00 PLN is right');
  });
});
