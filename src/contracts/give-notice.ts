import { appendEntry } from '../audit/sql/append-entry.ts';
import { type Actor, requireWholeMerchant } from '../auth/actor.ts';
import type { Tx } from '../kernel/db/database.ts';
import { newId } from '../kernel/ids.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { moveMerchant } from '../merchants/sql/move-merchant.ts';
import type { ContractDeps } from './deps.ts';
import { NoRunningContract } from './errors.ts';
import { noticeEnd, timers } from './model.ts';
import { lockMerchant, readContract, writeContract } from './store.ts';

/**
 * Gives notice of the contract: it ends with the thirtieth day from now, at midnight in Warsaw, and until then everything
 * works. To give it again changes nothing; it cannot be withdrawn.
 * @throws Forbidden without the scope `contract:write`, or by a key that is bound to one shop; NoRunningContract.
 */
export async function giveNotice(
  tx: Tx,
  deps: Pick<ContractDeps, 'clock'>,
  actor: Actor,
): Promise<{ readonly replayed: boolean }> {
  requireWholeMerchant(actor, 'contract:write');
  const { merchantId } = actor;
  const locked = await lockMerchant(tx, merchantId);
  if (!locked) throw new Error(`There is no merchant ${merchantId}.`);
  const { status, clockOffsetMs } = locked.merchant;
  if (status === 'NOTICE') return { replayed: true };
  if (status !== 'ACTIVE') throw new NoRunningContract(status);
  const at = deps.clock.now({ clockOffsetMs: Number(clockOffsetMs) });
  const endsAt = noticeEnd(at);
  await moveMerchant(tx, { id: merchantId, from: 'ACTIVE', to: 'NOTICE', reason: null, dueAt: null, at });
  // Merchants that are older than contracts get theirs now.
  const contract = (await readContract(tx, merchantId)) ?? {
    ...{ id: newId(at), merchantId, signedAt: null, noticeAt: null, endsAt: null, createdAt: at },
  };
  await writeContract(tx, { ...contract, noticeAt: at, endsAt });
  await setTimers(tx, [{ kind: timers.endContract, subject: merchantId, merchantId, dueAt: endsAt }]);
  const what = { actor: `key:${actor.keyId}`, action: 'GIVE_NOTICE', subject: `merchant:${merchantId}` };
  await appendEntry(tx, { at, merchantId, ...what, data: { endsAt } });
  return { replayed: false };
}
