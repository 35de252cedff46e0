import type { Tx } from '../kernel/db/database.ts';
import type { Transaction } from '../kernel/db/generated/prisma/client.ts';
import { newId } from '../kernel/ids.ts';
import { heldReturned, moneyHeld, saleSettled } from '../ledger/model.ts';
import { writePostings } from '../ledger/sql/write-postings.ts';
import { commissionFor } from '../pricing/model.ts';
import { writeCommissions } from '../pricing/sql/write-commissions.ts';
import { readPlans } from '../pricing/store.ts';
import { insertSettledCaptures, type SettledCapture } from '../transactions/sql/insert-captures.ts';

/**
 * Books attempts that settled as a whole: the one capture of each, the posting to the shop, and the commission to be
 * charged at the payout.
 */
export async function bookSettlements(tx: Tx, settled: readonly Transaction[]): Promise<void> {
  if (settled.length === 0) return;
  const captures = settled.map((row): SettledCapture & { acquirer: string } => {
    const at = row.settledAt ?? row.updatedAt;
    const { shopId, currency, acquirer } = row;
    return { id: newId(at), shopId, transactionId: row.id, amount: row.settledAmount, currency, at, acquirer };
  });
  await insertSettledCaptures(tx, captures);
  await writePostings(
    tx,
    captures.map((capture) => saleSettled({ ...capture, captureId: capture.id })),
  );
  await computeCommissions(tx, settled);
}

/** Computes the commission of settled transactions from all that they settled. */
export async function computeCommissions(tx: Tx, settled: readonly Transaction[]): Promise<void> {
  const plans = await readPlans(tx, settled.map(planAsk));
  await writeCommissions(
    tx,
    settled.map((row) => {
      const plan = plans.get(row.id);
      if (!plan) throw new Error(`Shop ${row.shopId} has no price plan.`);
      const commission = commissionFor(plan, {
        channel: row.channel,
        amount: row.settledAmount,
        currency: row.currency,
      });
      return { ...commission, transactionId: row.id, shopId: row.shopId, at: row.settledAt ?? row.updatedAt };
    }),
  );
}

/** Moves money that does not fit an attempt into suspense, and out of it once it fits or has gone back. */
export async function bookHeldMoney(
  tx: Tx,
  changes: readonly { readonly before: Transaction; readonly after: Transaction }[],
): Promise<void> {
  await writePostings(
    tx,
    changes.flatMap(({ before, after }) => {
      if (before.heldAmount === after.heldAmount) return [];
      const { acquirer, currency, id: heldForId, updatedAt: at } = after;
      const money = { acquirer, currency, heldForId, at };
      return [
        ...(before.heldAmount > 0n ? [heldReturned({ ...money, amount: before.heldAmount })] : []),
        ...(after.heldAmount > 0n ? [moneyHeld({ ...money, amount: after.heldAmount })] : []),
      ];
    }),
  );
}

function planAsk(row: Transaction): { id: string; shopId: string; at: Date } {
  return { id: row.id, shopId: row.shopId, at: row.settledAt ?? row.updatedAt };
}
