import { after } from '../kernel/clock.ts';
import { inTransaction } from '../kernel/db/database.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { readShopStates } from '../shops/sql/read-shop-states.ts';
import { readTransactions } from '../transactions/store.ts';
import { lockTurnovers } from './book-money.ts';
import type { PaymentDeps } from './deps.ts';
import { finishAuthorization } from './finish-authorization.ts';
import { timerKinds } from './model.ts';

/** How long to wait for captures that have no end yet when their authorisation runs out. */
const patience = { ms: 3_600_000 };

/**
 * Ends an authorisation whose seven days are over: what was captured has settled, the rest is the payer's again, and the
 * acquirer is told so. One with captures that are not decided yet waits for them. Safe to repeat.
 */
export async function expireAuthorization(
  deps: Pick<PaymentDeps, 'database' | 'clock' | 'shops'>,
  transactionId: string,
): Promise<void> {
  const [found] = await inTransaction(deps.database, (tx) => readTransactions(tx, [transactionId]));
  const shop = found && (await deps.shops.find(found.shopId));
  if (!shop) return;
  await inTransaction(deps.database, async (tx) => {
    await lockShops(tx, [shop.id]);
    const shops = await readShopStates(tx, [shop.id]);
    await lockTurnovers(tx, deps.clock, shops.values());
    const [transaction] = await readTransactions(tx, [transactionId]);
    const { status, authorizedUntil } = transaction ?? {};
    if (!transaction || !authorizedUntil || (status !== 'AUTHORIZED' && status !== 'SUBMITTED')) return;
    const now = deps.clock.now(shop);
    const timer = { kind: timerKinds.expireAuthorization, subject: transactionId, merchantId: shop.merchantId };
    // A sandbox clock may have been set back since the timer was due.
    if (authorizedUntil > now) return setTimers(tx, [{ ...timer, dueAt: authorizedUntil }]);
    const ended = await finishAuthorization(tx, transaction, { now, cause: 'expired' });
    if (ended === transaction) await setTimers(tx, [{ ...timer, dueAt: after(now, patience) }]);
  });
}
