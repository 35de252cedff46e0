import { appendEntry } from '../audit/sql/append-entry.ts';
import type { Operator } from '../auth/authenticate-operator.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import { InvalidInput, NotFound } from '../kernel/errors.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { parseText } from '../kernel/text.ts';
import { readMerchantClocks } from '../merchants/store.ts';
import { BankFileFinal } from './errors.ts';
import { doubtAbout, scheduleOf } from './model.ts';
import { endBankFile, findPayoutsOfFile, readFileStatus } from './sql/bank-files.ts';
import { findPayoutsInDoubt } from './sql/find-waiting-payouts.ts';
import { findShopsOfPayouts, readPayouts } from './store.ts';
import { writeMoves } from './write-moves.ts';

/**
 * Keeps that the bank refused a whole file: its payouts wait again, and go into another file for the next session. An
 * operator may say so only of a file of which the bank executes nothing; what a bank has booked or sent back shows that it
 * did. A file that is not in the folder yet is not written any more. Kept in the audit log.
 * @param wish.reason what the bank said, 1 to 500 characters.
 * @throws NotFound; InvalidInput; BankFileFinal when it was refused before, any payout of it is SETTLED or RETURNED, or
 * a movement on our account that is held, or is not booked yet, names one.
 */
export async function rejectBankFile(
  tx: Tx,
  deps: { readonly clock: Clock; readonly operator: Operator },
  wish: { readonly bankFileId: string; readonly reason: string },
): Promise<void> {
  const { bankFileId: fileId } = wish;
  if (wish.reason.trim() === '') throw new InvalidInput('reason must say why the bank refused the file.', ['reason']);
  const reason = parseText(wish.reason.trim(), 'reason', { max: 500 });
  if ((await readFileStatus(tx, fileId)) === undefined) {
    throw new NotFound('There is no bank file with this id.', ['bankFileId']);
  }
  const ids = await findPayoutsOfFile(tx, fileId);
  await lockShops(tx, await findShopsOfPayouts(tx, ids));
  const at = deps.clock.now();
  if (!(await endBankFile(tx, { fileId, reason, at }))) {
    throw new BankFileFinal('The bank file was rejected before; its payouts wait for another file or are in one.');
  }
  const payouts = await readPayouts(tx, ids);
  const further = payouts.find(({ status }) => status !== 'SENT');
  if (further) {
    throw new BankFileFinal(
      `The bank did not refuse the whole file: its payout ${further.id} is ${further.status}. Import the statements that tell of its other payouts; what they hold you give to a payout by assignHeldTransfer.`,
    );
  }
  const [inDoubt] = await findPayoutsInDoubt(tx, ids);
  if (inDoubt) throw new BankFileFinal(doubtAbout(inDoubt, `the payout ${inDoubt.id} of this file`));
  const clocks = await readMerchantClocks(
    tx,
    payouts.map(({ merchantId }) => merchantId),
  );
  await writeMoves(
    tx,
    payouts.map((row) => {
      const now = deps.clock.now(clocks.get(row.merchantId));
      const waiting = { status: 'SCHEDULED', sentAt: null, bankFileId: null, updatedAt: now } as const;
      return { was: row.status, row: { ...row, ...waiting, ...scheduleOf(row.currency, now) } };
    }),
  );
  const what = {
    actor: `operator:${deps.operator.keyId}`,
    action: 'REJECT_BANK_FILE',
    subject: `bank_file:${fileId}`,
  };
  await appendEntry(tx, { at, merchantId: null, ...what, data: { reason, payouts: payouts.length } });
}
