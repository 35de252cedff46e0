import { appendEntry } from '../audit/sql/append-entry.ts';
import type { Operator } from '../auth/authenticate-operator.ts';
import { WrongState } from '../contracts/errors.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Payout } from '../kernel/db/generated/prisma/client.ts';
import { InvalidInput, NotFound } from '../kernel/errors.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { parseText } from '../kernel/text.ts';
import { readMerchantClocks } from '../merchants/store.ts';
import { reasonNotSpecified } from '../statements/bank-entry.ts';
import { doubtAbout, wasCancelled } from './model.ts';
import { findPayoutsInDoubt } from './sql/find-waiting-payouts.ts';
import { findShopsOfPayouts, readPayouts } from './store.ts';
import { writeMoves } from './write-moves.ts';

/**
 * Takes a payout out that waits for its file, one for which the bank refuses every file it is in: it is RETURNED without
 * having been sent, and its money is on the balance again. Whoever writes a file at the same time finds it moved, and makes
 * another one without it. Said again it changes nothing. Kept in the audit log.
 * @param wish.code what its receiver is told, a return reason of ISO 20022; undefined: none is specified.
 * @param wish.reason for the audit log, 1 to 500 characters.
 * @throws NotFound; InvalidInput; WrongState when it is SENT or SETTLED or came back from the bank, or a movement on our
 * account names it, so that the bank may have executed it.
 */
export async function cancelPayout(
  tx: Tx,
  deps: { readonly clock: Clock; readonly operator: Operator },
  wish: { readonly payoutId: string; readonly code: string | undefined; readonly reason: string },
): Promise<Payout> {
  const { payoutId } = wish;
  const reason = parseText(wish.reason.trim(), 'reason', { max: 500 });
  const code = parseCode(wish.code);
  await lockShops(tx, await findShopsOfPayouts(tx, [payoutId]));
  const [payout] = await readPayouts(tx, [payoutId]);
  if (!payout) throw new NotFound('There is no payout with this id.', ['payoutId']);
  if (wasCancelled(payout)) return payout;
  if (payout.status !== 'SCHEDULED') throw new WrongState(obstacleTo(payout));
  const [inDoubt] = await findPayoutsInDoubt(tx, [payoutId]);
  if (inDoubt) throw new WrongState(doubtAbout(inDoubt, `the payout ${payoutId}`));
  const { merchantId, net, currency } = payout;
  const at = deps.clock.now((await readMerchantClocks(tx, [merchantId])).get(merchantId));
  const row: Payout = { ...payout, status: 'RETURNED', returnedAt: at, returnReason: code, updatedAt: at };
  await writeMoves(tx, [{ was: payout.status, row }]);
  await appendEntry(tx, {
    ...{ at: deps.clock.now(), merchantId: null, actor: `operator:${deps.operator.keyId}`, action: 'CANCEL_PAYOUT' },
    ...{ subject: `payout:${payoutId}`, data: { reason, code, amount: String(net), currency } },
  });
  return row;
}

function parseCode(code: string | undefined): string {
  if (code === undefined) return reasonNotSpecified;
  if (/^[A-Z0-9]{4}$/.test(code)) return code;
  const told = JSON.stringify(code.slice(0, 40));
  throw new InvalidInput(
    `code must be a return reason of ISO 20022, four capital letters and digits such as AC01, not ${told}.`,
    ['code'],
  );
}

function obstacleTo({ status, bankFileId }: Payout): string {
  if (status === 'RETURNED') return 'The payout came back from the bank, and its money is on the balance already.';
  if (status === 'SETTLED') {
    return 'The payout is SETTLED, as the bank has executed it: only one that is SCHEDULED can be cancelled.';
  }
  return `The payout is ${status} with the bank file ${bankFileId}: only one that is SCHEDULED can be cancelled. If the bank refused the whole file, say so by rejectBankFile first.`;
}
