import { WrongState } from '../contracts/errors.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Payout, StatementEntry } from '../kernel/db/generated/prisma/client.ts';
import { wasCancelled } from '../payouts/model.ts';
import { readPayouts } from '../payouts/store.ts';
import { obstacleOf, obstacleToFee } from './model.ts';
import { findBookedPayouts } from './sql/read-known.ts';

/** What a bank kept of a payout, in minor units. */
export type BankFee = { readonly payout: Payout; readonly fee: bigint };

/**
 * Finds out what a bank kept of a payout that was cancelled and that our bank executed all the same: the debit is of all of
 * it, and a transfer that is held as a whole brings less back.
 * @throws WrongState when it is none of that, it is more than banks keep, or a fee of the payout was accepted before.
 */
export async function requireBankFee(
  tx: Tx,
  { debit, brought }: { readonly debit: StatementEntry; readonly brought: StatementEntry | undefined },
): Promise<BankFee> {
  const [payout] = await readPayouts(tx, debit.payoutId === null ? [] : [debit.payoutId]);
  const isOfCancelled = payout !== undefined && wasCancelled(payout) && debit.amount === payout.net;
  const fee = debit.amount - (brought?.heldAmount ?? 0n);
  if (!isOfCancelled || debit.currency !== payout.currency || brought?.heldAmount !== brought?.amount || fee <= 0n) {
    throw new WrongState(
      'A fee is accepted with heldTransferId only for the debit of a payout that was cancelled, and a transfer that is held as a whole and brings less back: leave acceptFee out.',
    );
  }
  const obstacle = obstacleToFee(fee, payout.currency);
  if (obstacle !== undefined) throw new WrongState(obstacle);
  const booked = await findBookedPayouts(tx, [payout.id]);
  if (booked.some(({ direction }) => direction === 'DEBIT')) throw new WrongState(obstacleOf('PAYOUT_REPEATED'));
  return { payout, fee };
}
