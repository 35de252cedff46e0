import type { Tx } from '../../kernel/db/database.ts';
import { mayPost } from '../accounts.ts';
import type { NewPosting } from '../model.ts';

/**
 * Writes postings and moves the balances of the shops and recipients concerned, whose locks the caller holds.
 * @throws Error when an account does not exist, since a posting must never be dropped silently, or when the chart of accounts
 * does not know the way that a posting would go. Nothing is written then.
 */
export async function writePostings(tx: Tx, postings: readonly NewPosting[]): Promise<void> {
  if (postings.length === 0) return;
  const stray = postings.find((posting) => !mayPost(posting));
  if (stray) {
    const { kind, from, to } = stray;
    throw new Error(
      `No ${kind} goes from ${from.kind} ${from.owner} to ${to.kind} ${to.owner}: see ledger/accounts.ts.`,
    );
  }
  await lockRecipients(tx, postings);
  const [done] = await tx.query<{ written: bigint }>({
    name: 'write-postings',
    text: `
      with line as materialized (
        select * from unnest($1::posting_kind[], $2::account_kind[], $3::text[], $4::account_kind[], $5::text[],
          $6::bigint[], $7::currency[], $8::uuid[], $9::uuid[], $10::uuid[], $11::timestamptz[],
          $12::uuid[], $13::uuid[])
          as l (kind, from_kind, from_owner, to_kind, to_owner, amount, currency, capture_id, refund_id, payout_id, at,
            held_for_id, entry_id)
      ), written as (
        insert into posting (kind, from_id, to_id, amount, currency, capture_id, refund_id, payout_id, at, held_for_id,
          entry_id)
        select l.kind, f.id, t.id, l.amount, l.currency, l.capture_id, l.refund_id, l.payout_id, l.at, l.held_for_id,
          l.entry_id
        from line l
        join account f on f.kind = l.from_kind and f.owner = l.from_owner and f.currency = l.currency
        join account t on t.kind = l.to_kind and t.owner = l.to_owner and t.currency = l.currency
        returning from_id, to_id, amount
      ), moved as (
        select account_id, sum(amount) as amount
        from (select to_id as account_id, amount from written union all select from_id, -amount from written) as side
        group by account_id
      ), balanced as (
        update account_balance b set amount = b.amount + moved.amount from moved where b.account_id = moved.account_id
      )
      select count(*) as written from written`,
    values: columnsOf(postings),
  });
  if (done?.written !== BigInt(postings.length)) throw new Error('A posting names an account that was never opened.');
}

/**
 * A recipient is paid by all shops of his merchant, so his balance is locked by itself, in the order of accounts: two
 * baskets with the same recipients would otherwise wait for each other in a circle.
 */
async function lockRecipients(tx: Tx, postings: readonly NewPosting[]): Promise<void> {
  const owners = postings.flatMap(({ from, to }) => [from, to]).filter(({ kind }) => kind === 'RECIPIENT');
  if (owners.length === 0) return;
  await tx.query({
    name: 'lock-recipients',
    text: `
      select b.account_id from account_balance b join account a on a.id = b.account_id
      where a.kind = 'RECIPIENT' and a.owner = any($1::text[])
      order by b.account_id for no key update of b`,
    values: [[...new Set(owners.map(({ owner }) => owner))]],
  });
}

function columnsOf(postings: readonly NewPosting[]): unknown[] {
  return [
    postings.map((posting) => posting.kind),
    postings.map((posting) => posting.from.kind),
    postings.map((posting) => posting.from.owner),
    postings.map((posting) => posting.to.kind),
    postings.map((posting) => posting.to.owner),
    postings.map((posting) => posting.amount),
    postings.map((posting) => posting.currency),
    postings.map((posting) => posting.captureId ?? null),
    postings.map((posting) => posting.refundId ?? null),
    postings.map((posting) => posting.payoutId ?? null),
    postings.map((posting) => posting.at),
    postings.map((posting) => posting.heldForId ?? null),
    postings.map((posting) => posting.entryId ?? null),
  ];
}
