import { appendEntry } from '../audit/sql/append-entry.ts';
import type { Operator } from '../auth/authenticate-operator.ts';
import type { Tx } from '../kernel/db/database.ts';
import { NotFound } from '../kernel/errors.ts';
import { clearTimers, setTimers } from '../kernel/jobs/timers.ts';
import { parseText } from '../kernel/text.ts';
import { moveMerchant } from '../merchants/sql/move-merchant.ts';
import type { ContractDeps } from './deps.ts';
import { ReasonMissing, WrongState } from './errors.ts';
import { timers } from './model.ts';
import { refuseSubmittedShops } from './refuse-shops.ts';
import { moveToSigned } from './sign-contract.ts';
import { type LockedMerchant, lockMerchant, writeApplicationReview } from './store.ts';

/** What an operator may decide on an application. */
export type ApplicationDecision = 'CONFIRM_SIGNATURE' | 'HOLD' | 'RELEASE' | 'REFUSE';

type Review = {
  readonly merchantId: string;
  readonly decision: ApplicationDecision;
  /** Needed for HOLD and REFUSE, where the applicant reads it; of every decision it stands in the audit log. */
  readonly reason: string | undefined;
};

/**
 * Decides on an application that is APPLIED or SIGNED: notes the signature of one who cannot sign by himself, holds it so
 * that it does not take effect by itself, lets it go on, or refuses it for good. Each is an entry of the audit log.
 * @throws NotFound; ReasonMissing; WrongState when the application stands otherwise.
 */
export async function reviewApplication(
  tx: Tx,
  deps: ContractDeps & { readonly operator: Operator },
  { merchantId, decision, reason: given }: Review,
): Promise<void> {
  const locked = await lockMerchant(tx, merchantId);
  if (!locked) throw new NotFound('There is no merchant with this id.', ['merchantId']);
  const { status } = locked.merchant;
  if (status !== 'APPLIED' && status !== 'SIGNED') {
    throw new WrongState(`The application was decided already: the merchant is ${status}.`);
  }
  const reason = requireReason(decision, given);
  const at = deps.clock.now({ clockOffsetMs: Number(locked.merchant.clockOffsetMs) });
  const actor = `operator:${deps.operator.keyId}`;
  if (decision === 'CONFIRM_SIGNATURE') {
    if (status === 'SIGNED') throw new WrongState('The application is signed already.');
    await moveToSigned(tx, deps, { locked, actor, reason });
    return;
  }
  const done = { tx, locked, at };
  if (decision === 'HOLD') await hold(done, reason);
  else if (decision === 'RELEASE') await release(done);
  else await refuse(done, reason);
  await appendEntry(tx, {
    ...{ at, merchantId, actor, action: `${decision}_APPLICATION`, subject: `merchant:${merchantId}` },
    data: reason === null ? {} : { reason },
  });
}

/**
 * Takes the reason of a decision that somebody will read.
 * @throws ReasonMissing for a decision that holds, refuses, suspends or closes; InvalidInput when it is over 500 characters.
 */
export function requireReason(decision: string, given: string | undefined): string | null {
  const reason = given?.trim() ?? '';
  if (reason !== '') return parseText(reason, 'reason', { max: 500 });
  if (['HOLD', 'REFUSE', 'SUSPEND', 'CLOSE'].includes(decision)) throw new ReasonMissing();
  return null;
}

type Doing = { readonly tx: Tx; readonly locked: LockedMerchant; readonly at: Date };

async function hold({ tx, locked, at }: Doing, heldReason: string | null): Promise<void> {
  const { id, reviewDueAt: dueAt } = locked.merchant;
  await writeApplicationReview(tx, { id, dueAt, heldReason, at });
  await clearTimers(tx, [{ kind: timers.activateMerchant, subject: id }]);
}

async function release({ tx, locked, at }: Doing): Promise<void> {
  const { id, status, reviewDueAt: dueAt, heldReason } = locked.merchant;
  if (heldReason === null) throw new WrongState('Nobody holds this application.');
  await writeApplicationReview(tx, { id, dueAt, heldReason: null, at });
  if (status === 'SIGNED' && dueAt !== null) {
    await setTimers(tx, [{ kind: timers.activateMerchant, subject: id, merchantId: id, dueAt }]);
  }
}

async function refuse({ tx, locked, at }: Doing, reason: string | null): Promise<void> {
  const { id, status } = locked.merchant;
  await moveMerchant(tx, { id, from: status, to: 'REFUSED', reason, dueAt: null, at });
  await clearTimers(tx, [{ kind: timers.activateMerchant, subject: id }]);
  await refuseSubmittedShops(tx, locked, { reason, at });
}
