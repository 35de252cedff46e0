import { appendEntry } from '../audit/sql/append-entry.ts';
import type { Operator } from '../auth/authenticate-operator.ts';
import { revokeKeysMadeAt } from '../auth/store.ts';
import type { Tx } from '../kernel/db/database.ts';
import { NotFound } from '../kernel/errors.ts';
import { parseText } from '../kernel/text.ts';
import type { ContractDeps } from './deps.ts';
import { WrongState } from './errors.ts';
import { firstKeyName } from './model.ts';
import { clearClaim, lockMerchant, readApplication } from './store.ts';

type Reopening = { readonly merchantId: string; readonly reason: string };

/**
 * Lets a merchant whose first keys were lost claim them anew: the old ones are revoked, and stop working within a second, in
 * this process once they are forgotten;
 * keys that he made himself and his service key stay as they are. Kept in the audit log.
 * @param reopening.reason why, and how the operator knows that it is he who asks.
 * @returns the ids of the keys that were revoked.
 * @throws NotFound; InvalidInput for a reason of 0 or over 500 characters; WrongState while the contract does not run, or
 * when the first keys are not handed over.
 */
export async function reopenAccess(
  tx: Tx,
  deps: Pick<ContractDeps, 'clock'> & { readonly operator: Operator },
  reopening: Reopening,
): Promise<readonly string[]> {
  const { merchantId } = reopening;
  const reason = parseText(reopening.reason.trim(), 'reason', { max: 500 });
  const locked = await lockMerchant(tx, merchantId);
  if (!locked) throw new NotFound('There is no merchant with this id.', ['merchantId']);
  const { status, clockOffsetMs } = locked.merchant;
  if (status !== 'ACTIVE' && status !== 'NOTICE') {
    throw new WrongState(`There are no first keys yet or any more: the merchant is ${status}.`);
  }
  const claimedAt = (await readApplication(tx, merchantId))?.claimedAt;
  if (!claimedAt) throw new WrongState('The first keys are not handed over, so there is nothing to give anew.');
  const at = deps.clock.now({ clockOffsetMs: Number(clockOffsetMs) });
  await clearClaim(tx, merchantId);
  const revoked = await revokeKeysMadeAt(tx, { merchantId, name: firstKeyName, createdAt: claimedAt }, at);
  await appendEntry(tx, {
    ...{ at, merchantId, actor: `operator:${deps.operator.keyId}`, action: 'REOPEN_ACCESS' },
    ...{ subject: `merchant:${merchantId}`, data: { reason, revoked } },
  });
  return revoked;
}
