import { appendEntry } from '../audit/sql/append-entry.ts';
import { afterWorkingHours } from '../calendar/model.ts';
import type { Tx } from '../kernel/db/database.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { moveMerchant } from '../merchants/sql/move-merchant.ts';
import type { ContractDeps } from './deps.ts';
import { ApplicationUnknown, WrongState } from './errors.ts';
import { timers } from './model.ts';
import { type Applicant, requireApplicant } from './require-applicant.ts';
import { type LockedMerchant, lockMerchant, readContract, writeContract } from './store.ts';

/**
 * Signs the contract for a sole trader, by his own word; to do it again changes nothing.
 * @throws ApplicationUnknown; WrongState for any other legal form, which an operator confirms, and for one that is refused.
 */
export async function signContract(tx: Tx, deps: ContractDeps, applicant: Applicant): Promise<void> {
  await requireApplicant(tx, applicant);
  const locked = await lockMerchant(tx, applicant.merchantId);
  if (!locked) throw new ApplicationUnknown();
  const { merchant } = locked;
  if (merchant.legalForm !== 'SOLE_TRADER') {
    throw new WrongState('Only sole traders sign by themselves; the bank will arrange your signature with you.');
  }
  if (merchant.status === 'REFUSED') throw new WrongState('This application was refused, so it cannot be signed.');
  if (merchant.status === 'APPLIED') await moveToSigned(tx, deps, { locked, actor: 'applicant', reason: null });
}

/**
 * Notes that a contract is signed, and sets the moment at which it takes effect by itself: after a few working hours, unless
 * an operator holds or refuses it. The caller has checked that it is APPLIED.
 * @param signing.reason what an operator says of it, for the audit log.
 */
export async function moveToSigned(
  tx: Tx,
  deps: Pick<ContractDeps, 'clock' | 'activationHours'>,
  signing: { readonly locked: LockedMerchant; readonly actor: string; readonly reason: string | null },
): Promise<void> {
  const { actor, reason } = signing;
  const { id, status, heldReason, clockOffsetMs } = signing.locked.merchant;
  const at = deps.clock.now({ clockOffsetMs: Number(clockOffsetMs) });
  const dueAt = afterWorkingHours(at, deps.activationHours);
  await moveMerchant(tx, { id, from: status, to: 'SIGNED', reason: null, dueAt, at });
  const contract = await readContract(tx, id);
  if (!contract) throw new Error(`The merchant ${id} has no contract to sign.`);
  await writeContract(tx, { ...contract, signedAt: at });
  if (heldReason === null) await setTimers(tx, [{ kind: timers.activateMerchant, subject: id, merchantId: id, dueAt }]);
  await appendEntry(tx, {
    ...{ at, merchantId: id, actor, action: 'SIGN', subject: `merchant:${id}` },
    data: { dueAt, ...(reason === null ? {} : { reason }) },
  });
}
