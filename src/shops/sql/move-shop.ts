import type { Tx } from '../../kernel/db/database.ts';
import type { ShopStatus } from '../../kernel/db/generated/prisma/enums.ts';
import { mayMoveShop } from '../model.ts';

export type ShopMove = {
  readonly id: string;
  readonly from: ShopStatus;
  readonly to: ShopStatus;
  /** Why, for refusals, suspensions and closings. */
  readonly reason: string | null;
  readonly at: Date;
};

/** Moves a shop by compare-and-set, inside a transaction that has locked it; its review is over then. */
export async function moveShop(tx: Tx, move: ShopMove): Promise<void> {
  if (!mayMoveShop(move.from, move.to)) throw new Error(`A shop cannot move from ${move.from} to ${move.to}.`);
  const rows = await tx.query<{ id: string }>({
    name: 'move-shop',
    text: `
      update shop set status = $3::shop_status, status_reason = $4::text, held_reason = null, review_due_at = null,
        updated_at = $5::timestamptz
      where id = $1::uuid and status = $2::shop_status
      returning id`,
    values: [move.id, move.from, move.to, move.reason, move.at],
  });
  if (rows.length !== 1) throw new Error(`The shop ${move.id} was not ${move.from} any more.`);
}

/** Writes how the review of a submitted shop stands: when it ends by itself, and why it is held. */
export async function writeShopReview(
  tx: Tx,
  review: { readonly id: string; readonly dueAt: Date | null; readonly heldReason: string | null; readonly at: Date },
): Promise<void> {
  await tx.query({
    name: 'write-shop-review',
    text: `
      update shop set review_due_at = $2::timestamptz, held_reason = $3::text, updated_at = $4::timestamptz
      where id = $1::uuid and status = 'SUBMITTED'`,
    values: [review.id, review.dueAt, review.heldReason, review.at],
  });
}
