import { appendEntry } from '../audit/sql/append-entry.ts';
import type { Operator } from '../auth/authenticate-operator.ts';
import { WrongState } from '../contracts/errors.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Payout } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { parseText } from '../kernel/text.ts';
import { noteResumed } from '../merchants/sql/note-resumed.ts';
import { readMerchantClocks } from '../merchants/store.ts';
import { doubtAbout } from './model.ts';
import { findPayoutsInDoubt } from './sql/find-waiting-payouts.ts';
import { findShopsOfPayouts, readPayouts } from './store.ts';

/**
 * Lets an account be paid to again from which payouts came back, though it has not changed: the next run pays what is owed.
 * One that comes back after that holds it anew. Said again it changes nothing. Kept in the audit log.
 * @param wish.payoutId any payout that came back from the account; it speaks for all of them in its currency.
 * @param wish.reason 1 to 500 characters.
 * @throws NotFound; InvalidInput; WrongState when the payout has not come back, or a movement on our account names one of
 * them, so that the bank may have executed it.
 */
export async function resumePayouts(
  tx: Tx,
  deps: { readonly clock: Clock; readonly operator: Operator },
  wish: { readonly payoutId: string; readonly reason: string },
): Promise<Payout> {
  const { payoutId } = wish;
  const reason = parseText(wish.reason.trim(), 'reason', { max: 500 });
  await lockShops(tx, await findShopsOfPayouts(tx, [payoutId]));
  const [payout] = await readPayouts(tx, [payoutId]);
  if (!payout) throw new NotFound('There is no payout with this id.', ['payoutId']);
  if (payout.status !== 'RETURNED') {
    throw new WrongState(`The payout is ${payout.status}: only one that is RETURNED keeps others from its account.`);
  }
  if (payout.resumedAt !== null) return payout;
  const { merchantId } = payout;
  const at = deps.clock.now((await readMerchantClocks(tx, [merchantId])).get(merchantId));
  const resumed = await noteResumed(tx, { account: payout, at });
  const [inDoubt] = await findPayoutsInDoubt(tx, resumed);
  if (inDoubt) throw new WrongState(doubtAbout(inDoubt, `the payout ${inDoubt.id} that came back from this account`));
  await appendEntry(tx, {
    ...{ at: deps.clock.now(), merchantId: null, actor: `operator:${deps.operator.keyId}`, action: 'RESUME_PAYOUTS' },
    ...{ subject: `payout:${payoutId}`, data: { reason, payouts: resumed.length } },
  });
  return { ...payout, resumedAt: at };
}
