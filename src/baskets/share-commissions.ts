import type { Tx } from '../kernel/db/database.ts';
import { type Adjustment, writeAdjustments } from '../pricing/sql/write-adjustments.ts';
import type { NewCommission } from '../pricing/sql/write-commissions.ts';
import { splitByWeights } from './model.ts';
import { readStandings } from './sql/read-shares.ts';

/**
 * Lets each recipient of a split transaction bear his part of its commission, in proportion to what he got; the parts of
 * all, the shop's among them, sum to the commission.
 */
export async function shareCommissions(tx: Tx, commissions: readonly NewCommission[]): Promise<void> {
  if (commissions.length === 0) return;
  const standings = await readStandings(
    tx,
    commissions.map((commission) => commission.transactionId),
  );
  await writeAdjustments(
    tx,
    commissions.flatMap((commission): Adjustment[] => {
      const recipients = standings.get(commission.transactionId) ?? [];
      const rest = recipients.reduce((left, { settled }) => left - settled, commission.base);
      const parts = splitByWeights(commission.amount, [...recipients.map(({ settled }) => settled), rest]);
      const { transactionId, shopId, currency, at } = commission;
      const money = { transactionId, shopId, currency, at };
      return recipients.flatMap(({ recipientId }, place): Adjustment[] => {
        const amount = parts[place] ?? 0n;
        if (amount === 0n) return [];
        return [
          { ...money, accountOwner: recipientId, amount },
          { ...money, accountOwner: shopId, amount: -amount },
        ];
      });
    }),
  );
}
