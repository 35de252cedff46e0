import type { Channel } from '../../shops/model.ts';

/** A number of instalments that the payer may choose with a lender. */
export type Period = {
  readonly months: number;
  /** Of each instalment, in minor units, when the credit costs nothing; the last one may be smaller. */
  readonly each: bigint | undefined;
};

/** The numbers of instalments of each lender (imoje protocol, section 11: up to 60, and up to 10 without interest). */
const months: { readonly [channel in Channel]?: readonly number[] } = {
  inbank: [3, 6, 10, 12, 18, 24, 36, 48, 60],
  inbank_0: [3, 6, 10],
};

/**
 * Lists in how many instalments an amount can be paid with a lender. Only of a credit without interest is it known here
 * what each one is: the others' cost is the lender's to tell.
 * @param amount in minor units.
 */
export function listPeriods(channel: Channel, amount: bigint): Period[] {
  return (months[channel] ?? []).map((count) => ({
    months: count,
    each: channel === 'inbank_0' ? (amount + BigInt(count) - 1n) / BigInt(count) : undefined,
  }));
}
