import { appendEntry } from '../audit/sql/append-entry.ts';
import { type Actor, requireWholeMerchant } from '../auth/actor.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { PayoutAccountChange } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { hashInput, IdempotencyKeyReused, parseIdempotencyKey } from '../kernel/idempotency.ts';
import { newId, parseId } from '../kernel/ids.ts';
import { clearTimers, setTimers } from '../kernel/jobs/timers.ts';
import type { Currency } from '../kernel/money.ts';
import { parseIban } from '../merchants/parse-identifiers.ts';
import type { ContractDeps } from './deps.ts';
import { WrongState } from './errors.ts';
import { coolingEnd, timers } from './model.ts';
import { endChange, findChangeByKey, insertChange, readChange } from './sql/payout-account-changes.ts';
import { lockMerchant } from './store.ts';

export type PayoutAccountInput = {
  readonly idempotencyKey: string;
  readonly currency: Currency;
  readonly iban: string;
};

type Deps = Pick<ContractDeps, 'clock' | 'coolingDays'> & { readonly actor: Actor };

/**
 * Asks for payouts of a currency to go to another account. It is in force after some whole business days, at midnight in
 * Warsaw; until then it can be taken back. For a currency without an account it gives one, and all shops take
 * that currency from then on. Kept in the audit log.
 * @throws Forbidden without the scope `contract:write`, or by a key that is bound to one shop; InvalidInput for a bad account
 * number; IdempotencyKeyReused; WrongState while another change of the same currency waits.
 */
export async function requestPayoutAccount(
  tx: Tx,
  deps: Deps,
  input: PayoutAccountInput,
): Promise<{ readonly change: PayoutAccountChange; readonly replayed: boolean }> {
  const { actor } = deps;
  requireWholeMerchant(actor, 'contract:write');
  const idempotencyKey = parseIdempotencyKey(input.idempotencyKey);
  const account = { currency: input.currency, iban: parseIban(input.iban, ['iban']) };
  const inputHash = hashInput(account);
  const { at, merchantId } = await lockOwn(tx, deps);
  const known = await findChangeByKey(tx, merchantId, idempotencyKey);
  if (known && !inputHash.equals(known.inputHash)) throw new IdempotencyKeyReused();
  if (known) return { change: known, replayed: true };
  const inForceFrom = coolingEnd(at, deps.coolingDays);
  const change: PayoutAccountChange = {
    ...{ ...account, id: newId(at), merchantId, idempotencyKey, inputHash: new Uint8Array(inputHash) },
    ...{ status: 'REQUESTED', inForceFrom, createdAt: at, updatedAt: at },
  };
  if (!(await insertChange(tx, change))) {
    throw new WrongState(`Another change of the ${account.currency} account waits already; cancel that first.`);
  }
  await setTimers(tx, [{ kind: timers.changePayoutAccount, subject: change.id, merchantId, dueAt: inForceFrom }]);
  const what = { actor: `key:${actor.keyId}`, action: 'REQUEST_PAYOUT_ACCOUNT', subject: `change:${change.id}` };
  await appendEntry(tx, { at, merchantId, ...what, data: { ...account, inForceFrom } });
  return { change, replayed: false };
}

/**
 * Takes back a change of the payout account before it is in force; to do it again changes nothing.
 * @throws Forbidden as above; NotFound; WrongState when it is in force already.
 */
export async function cancelPayoutAccountChange(tx: Tx, deps: Deps, changeId: string): Promise<PayoutAccountChange> {
  requireWholeMerchant(deps.actor, 'contract:write');
  const id = parseId(changeId, 'change of a payout account');
  const { at, merchantId } = await lockOwn(tx, deps);
  const change = await readChange(tx, id);
  if (change?.merchantId !== merchantId) {
    throw new NotFound('No change of a payout account with this id belongs to you.', ['id']);
  }
  if (change.status === 'CANCELLED') return change;
  // From its moment on payouts go there, even while the job that says so is late.
  if (change.inForceFrom <= at || !(await endChange(tx, { id, status: 'CANCELLED', at }))) {
    throw new WrongState('The change is in force already; ask for another one.');
  }
  await clearTimers(tx, [{ kind: timers.changePayoutAccount, subject: id }]);
  const what = { actor: `key:${deps.actor.keyId}`, action: 'CANCEL_PAYOUT_ACCOUNT', subject: `change:${id}` };
  await appendEntry(tx, { at, merchantId, ...what, data: {} });
  return { ...change, status: 'CANCELLED', updatedAt: at };
}

async function lockOwn(tx: Tx, { clock, actor }: Deps): Promise<{ readonly at: Date; readonly merchantId: string }> {
  const { merchantId } = actor;
  const locked = await lockMerchant(tx, merchantId);
  if (!locked) throw new Error(`There is no merchant ${merchantId}.`);
  return { merchantId, at: clock.now({ clockOffsetMs: Number(locked.merchant.clockOffsetMs) }) };
}
