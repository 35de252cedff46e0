import type { Database } from '../kernel/db/database.ts';
import type { Counted, ExplainedCommission } from './describe-commission.ts';
import { type CommissionRow, readExplanation } from './sql/read-explanation.ts';
import { promotionIn } from './store.ts';

/**
 * Explains the commission of a transaction from what was kept when it settled; later plans, tables and sales change
 * nothing of it. Who may see the transaction is the caller's to say.
 * @returns undefined until it has settled.
 */
export async function explainCommission(
  database: Database,
  transactionId: string,
): Promise<ExplainedCommission | undefined> {
  const row = await readExplanation(database, transactionId);
  if (!row) return undefined;
  const { amount, base, currency, ratePpm, rule, promotion, turnoverBefore, givenBack } = row;
  const { validFrom, refundGivesCommission, promotionUntil, promotionTurnover } = row;
  const plan = { validFrom, refundGivesCommission, promotion: promotionIn(promotionUntil, promotionTurnover) };
  const counted = countedOf(row);
  return { amount, base, currency, ratePpm, rule, plan, promotion, turnoverBefore, counted, givenBack };
}

function countedOf({ turnover, table, day, rate }: CommissionRow): Counted | undefined {
  if (turnover === null) return undefined;
  const exchange = table === null || day === null || rate === null ? undefined : { table, day, rate };
  return { turnover, exchange };
}
