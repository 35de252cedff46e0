import type { Tx } from '../../kernel/db/database.ts';
import type { MerchantStatus } from '../../kernel/db/generated/prisma/enums.ts';
import { mayMoveMerchant } from '../model.ts';

export type MerchantMove = {
  readonly id: string;
  readonly from: MerchantStatus;
  readonly to: MerchantStatus;
  /** Why, for a refusal. */
  readonly reason: string | null;
  /** When the signed application takes effect by itself; null for every other state. */
  readonly dueAt: Date | null;
  readonly at: Date;
};

/** Moves a merchant by compare-and-set, inside a transaction that has locked him. */
export async function moveMerchant(tx: Tx, move: MerchantMove): Promise<void> {
  if (!mayMoveMerchant(move.from, move.to)) throw new Error(`A merchant cannot move from ${move.from} to ${move.to}.`);
  const rows = await tx.query<{ id: string }>({
    name: 'move-merchant',
    text: `
      update merchant set status = $3::merchant_status, status_reason = $4::text, review_due_at = $5::timestamptz,
        held_reason = case when $3::merchant_status = 'SIGNED' then held_reason end, updated_at = $6::timestamptz
      where id = $1::text and status = $2::merchant_status
      returning id`,
    values: [move.id, move.from, move.to, move.reason, move.dueAt, move.at],
  });
  if (rows.length !== 1) throw new Error(`The merchant ${move.id} was not ${move.from} any more.`);
}
