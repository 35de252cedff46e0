import { appendEntry } from '../audit/sql/append-entry.ts';
import { inTransaction } from '../kernel/db/database.ts';
import { newId } from '../kernel/ids.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { openAccounts } from '../ledger/sql/open-accounts.ts';
import { insertPayoutAccounts } from '../merchants/sql/insert-payout-accounts.ts';
import { noteResumed } from '../merchants/sql/note-resumed.ts';
import { addCurrency } from '../shops/sql/add-currency.ts';
import type { ContractDeps } from './deps.ts';
import { timers } from './model.ts';
import { endChange, endPayoutAccount, readChange } from './sql/payout-account-changes.ts';
import { lockMerchant } from './store.ts';

/**
 * Puts a change of the payout account in force from the moment that was promised; shops that did not take its currency
 * take it from then on. Safe to repeat.
 */
export async function changePayoutAccount(deps: ContractDeps, changeId: string): Promise<void> {
  const shops = await inTransaction(deps.database, async (tx) => {
    const change = await readChange(tx, changeId);
    const locked = change && (await lockMerchant(tx, change.merchantId));
    if (!locked) return [];
    const { merchantId, currency, iban, inForceFrom } = change;
    const at = deps.clock.now({ clockOffsetMs: Number(locked.merchant.clockOffsetMs) });
    if (inForceFrom > at) {
      // A sandbox clock may have been set back since the timer was due; one that was cancelled is passed over then.
      await setTimers(tx, [{ kind: timers.changePayoutAccount, subject: changeId, merchantId, dueAt: inForceFrom }]);
      return [];
    }
    if (!(await endChange(tx, { id: changeId, status: 'IN_FORCE', at }))) return [];
    await endPayoutAccount(tx, change);
    await insertPayoutAccounts(tx, [{ id: newId(at), merchantId, currency, iban, validFrom: inForceFrom }]);
    // Whoever names an account anew means to be paid there, whatever came back from it before; what did so since, while this was
    // late, he could not know.
    await noteResumed(tx, { account: change, at, through: inForceFrom });
    const added = await addCurrency(tx, { merchantId, currency, at });
    // A shop that waits for its review gets its accounts when it opens.
    const open = added.filter(({ status }) => status !== 'SUBMITTED');
    await openAccounts(
      tx,
      open.map(({ id }) => ({ kind: 'SHOP', owner: id, currency })),
    );
    const what = { actor: 'gateway', action: 'CHANGE_PAYOUT_ACCOUNT', subject: `change:${changeId}` };
    await appendEntry(tx, { at, merchantId, ...what, data: { currency, iban, inForceFrom } });
    return added;
  });
  for (const { id } of shops) deps.shops.forget(id);
}
