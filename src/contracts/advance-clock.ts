import { appendEntry } from '../audit/sql/append-entry.ts';
import { Forbidden } from '../auth/actor.ts';
import type { Tx } from '../kernel/db/database.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { enqueue } from '../kernel/jobs/enqueue.ts';
import type { ContractDeps } from './deps.ts';
import { clockAdvancedJob, clockDaysMax } from './model.ts';
import { lockMerchant, writeClock } from './store.ts';

/** Whose clock is to show what, and who wants it, as the audit log names him. */
type Advance = { readonly merchantId: string; readonly until: Date; readonly by: string };

/** What became of the clock. */
export type AdvancedClock = {
  /** What the merchant's clock shows now. */
  readonly clock: Date;
  /** False when the moment was reached before, so that nothing was changed. */
  readonly advanced: boolean;
  /** The merchant's shops, which are to be forgotten, as they know the clock. */
  readonly shopIds: readonly string[];
};

/**
 * Moves a merchant's clock on to a moment, in the sandbox. Clocks do not go back: one that shows that moment or a later one
 * already stays as it is, so the call can be repeated. Timers and payouts that are due by then are done by the worker at
 * once; what would have been done on the way is done late, as after a worker that was down. Kept in the audit log.
 * @throws Forbidden in production; InvalidInput for more than 400 days ahead of the machine's time.
 */
export async function advanceClock(
  tx: Tx,
  { clock, keyMode }: Pick<ContractDeps, 'clock' | 'keyMode'>,
  { merchantId, until, by }: Advance,
): Promise<AdvancedClock> {
  if (keyMode !== 'test') {
    throw new Forbidden('Clocks are moved in the sandbox alone; in production wait until it is that late.');
  }
  const locked = await lockMerchant(tx, merchantId);
  if (!locked) throw new Error(`There is no merchant ${merchantId}.`);
  const machine = clock.now();
  const aheadMs = until.getTime() - machine.getTime();
  if (aheadMs > clockDaysMax * 86_400_000) {
    const sentence = `until may be at most ${clockDaysMax} days ahead of the real time, which is ${machine.toISOString()}; take an earlier moment.`;
    throw new InvalidInput(sentence, ['until']);
  }
  const shopIds = locked.shops.map(({ id }) => id);
  const at = clock.now({ clockOffsetMs: Number(locked.merchant.clockOffsetMs) });
  if (until <= at) return { clock: at, advanced: false, shopIds };
  await writeClock(tx, { id: merchantId, offsetMs: aheadMs, at: until });
  await enqueue(tx, [{ name: clockAdvancedJob, payload: { subject: merchantId } }]);
  await appendEntry(tx, {
    ...{ at, merchantId, actor: by, action: 'ADVANCE_CLOCK', subject: `merchant:${merchantId}` },
    data: { until },
  });
  return { clock: until, advanced: true, shopIds };
}
