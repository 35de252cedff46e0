import { type Actor, visibleShops } from '../auth/actor.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Payout, Prisma } from '../kernel/db/generated/prisma/client.ts';
import type { PayoutStatus } from '../kernel/db/generated/prisma/enums.ts';
import { listColumns } from '../kernel/db/list-columns.ts';
import { mayMovePayout } from './model.ts';

/** Columns of the table by the names of the row type, for every statement that gives whole rows. */
const columns = {
  id: 'id',
  merchantId: 'merchant_id',
  accountOwner: 'account_owner',
  shopId: 'shop_id',
  recipientId: 'recipient_id',
  currency: 'currency',
  businessDay: 'business_day',
  status: 'status',
  gross: 'gross',
  refunds: 'refunds',
  returned: 'returned',
  carriedIn: 'carried_in',
  commission: 'commission',
  carriedOut: 'carried_out',
  net: 'net',
  iban: 'iban',
  postingsAfter: 'postings_after',
  postingsThrough: 'postings_through',
  commissionsAfter: 'commissions_after',
  commissionsThrough: 'commissions_through',
  adjustmentsAfter: 'adjustments_after',
  adjustmentsThrough: 'adjustments_through',
  sendAt: 'send_at',
  expectedAt: 'expected_at',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  sentAt: 'sent_at',
  settledAt: 'settled_at',
  returnedAt: 'returned_at',
  returnReason: 'return_reason',
  bankFileId: 'bank_file_id',
  resumedAt: 'resumed_at',
  reinstatedAt: 'reinstated_at',
} as const satisfies Record<keyof Payout, string>;

const selectList = listColumns('p', columns);

/** Reads payouts by id. */
export async function readPayouts(tx: Tx, ids: readonly string[]): Promise<Payout[]> {
  return tx.query<Payout>({
    name: 'read-payouts',
    text: `select ${selectList} from payout p where p.id = any($1::uuid[]) order by p.id`,
    values: [ids],
  });
}

/**
 * Says which shops must be locked to move payouts: that of each, or all shops of the merchant whose recipient it pays;
 * ids that do not exist are left out.
 */
export async function findShopsOfPayouts(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ shopId: string }>({
    name: 'find-shops-of-payouts',
    text: `
      select p.shop_id as "shopId" from payout p where p.id = any($1::uuid[]) and p.shop_id is not null
      union
      select s.id from payout p join shop s on s.merchant_id = p.merchant_id
      where p.id = any($1::uuid[]) and p.shop_id is null`,
    values: [ids],
  });
  return rows.map((row) => row.shopId);
}

/** A payout as it shall be, and the state it is in now. */
export type PayoutMove = { readonly was: PayoutStatus; readonly row: Payout };

/**
 * Moves payouts by compare-and-set on their old state; one that is RETURNED moves only if it was never sent. What is no more RETURNED
 * keeps nobody from its account.
 * @throws Error when a move is not in the table of states or a payout was in another state: then nothing commits.
 */
export async function movePayouts(tx: Tx, moves: readonly PayoutMove[]): Promise<void> {
  if (moves.length === 0) return;
  const illegal = moves.find(({ was, row }) => !mayMovePayout(was, row.status));
  if (illegal) throw new Error(`A payout cannot move from ${illegal.was} to ${illegal.row.status}.`);
  const rows = moves.map((move) => move.row);
  const moved = await tx.query<{ id: string }>({
    name: 'move-payouts',
    text: `
      update payout p set status = m.status, sent_at = m.sent_at, settled_at = m.settled_at,
        returned_at = m.returned_at, return_reason = m.return_reason, updated_at = m.updated_at,
        send_at = m.send_at, expected_at = m.expected_at, bank_file_id = m.bank_file_id,
        reinstated_at = m.reinstated_at, resumed_at = case m.status when 'RETURNED' then p.resumed_at end
      from unnest($1::uuid[], $2::payout_status[], $3::payout_status[], $4::timestamptz[], $5::timestamptz[],
        $6::timestamptz[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::uuid[],
        $12::timestamptz[])
        as m (id, was, status, sent_at, settled_at, returned_at, return_reason, updated_at, send_at, expected_at,
          bank_file_id, reinstated_at)
      where p.id = m.id and p.status = m.was and (m.was <> 'RETURNED' or p.sent_at is null)
      returning p.id`,
    values: [
      rows.map((row) => row.id),
      moves.map((move) => move.was),
      rows.map((row) => row.status),
      rows.map((row) => row.sentAt),
      rows.map((row) => row.settledAt),
      rows.map((row) => row.returnedAt),
      rows.map((row) => row.returnReason),
      rows.map((row) => row.updatedAt),
      rows.map((row) => row.sendAt),
      rows.map((row) => row.expectedAt),
      rows.map((row) => row.bankFileId),
      rows.map((row) => row.reinstatedAt),
    ],
  });
  if (moved.length !== moves.length) throw new Error('A payout was not in the state it was thought to be in.');
}

/** The part of a where clause that keeps a reader to the payouts of his shops; those to recipients are the merchant's. */
export function visiblePayouts(actor: Actor): Prisma.PayoutWhereInput {
  return actor.shopId === undefined ? { merchantId: actor.merchantId } : { shop: { is: visibleShops(actor) } };
}
