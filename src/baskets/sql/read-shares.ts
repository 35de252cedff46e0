import type { Tx } from '../../kernel/db/database.ts';
import type { Portion, Standing } from '../model.ts';

/** Reads how payments are split: by payment, what each recipient gets in all. */
export async function readShares(tx: Tx, paymentIds: readonly string[]): Promise<Map<string, readonly Portion[]>> {
  const rows = await tx.query<Portion & { readonly paymentId: string }>({
    name: 'read-basket-shares',
    text: `
      select payment_id as "paymentId", recipient_id as "recipientId", sum(amount)::bigint as amount from basket_share
      where payment_id = any($1::uuid[]) group by payment_id, recipient_id order by payment_id, recipient_id`,
    values: [paymentIds],
  });
  return Map.groupBy(rows, ({ paymentId }) => paymentId);
}

const standings = `
  with settled as (
    select c.transaction_id, a.owner::uuid as recipient_id, a.id as account_id, sum(p.amount)::bigint as amount
    from capture c join posting p on p.capture_id = c.id and p.kind = 'SALE'
    join account a on a.id = p.to_id and a.kind = 'RECIPIENT'
    where c.transaction_id = any($1::uuid[])
    group by c.transaction_id, a.id
  )
  select s.transaction_id as "transactionId", s.recipient_id as "recipientId", s.amount as settled,
    s.amount - coalesce((select sum(rs.amount) from refund r join refund_share rs on rs.refund_id = r.id
      where r.transaction_id = s.transaction_id and r.status <> 'REJECTED' and rs.recipient_id = s.recipient_id),
      0)::bigint as left, b.amount as balance
  from settled s join account_balance b on b.account_id = s.account_id`;

/** Reads what recipients have of transactions, in the order of their ids; those that were not split are left out. */
export async function readStandings(
  tx: Tx,
  transactionIds: readonly string[],
): Promise<Map<string, readonly Standing[]>> {
  const rows = await tx.query<Standing>({
    name: 'read-basket-standings',
    text: `${standings} order by s.recipient_id`,
    values: [transactionIds],
  });
  return Map.groupBy(rows, ({ transactionId }) => transactionId);
}

/**
 * Reads the same for somebody who will take from recipients what they have. All shops of a merchant share them, so the lock
 * of a shop is not enough: their balances are locked, in the order of accounts as all writers lock them, and read as they
 * are then.
 */
export async function holdStandings(
  tx: Tx,
  transactionIds: readonly string[],
): Promise<Map<string, readonly Standing[]>> {
  const rows = await tx.query<Standing>({
    name: 'hold-basket-standings',
    text: `${standings} order by b.account_id, s.transaction_id for no key update of b`,
    values: [transactionIds],
  });
  const inOrder = rows.toSorted((one, other) => (one.recipientId < other.recipientId ? -1 : 1));
  return Map.groupBy(inOrder, ({ transactionId }) => transactionId);
}
