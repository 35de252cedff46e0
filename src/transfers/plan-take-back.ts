import type { StatementEntry } from '../kernel/db/generated/prisma/client.ts';
import type { Part } from './sql/write-parts.ts';

/** What is taken back of a transfer: from an attempt that it went to, or, without one, from what is held. Minor units. */
export type Take = { readonly entryId: string; readonly transactionId: string | undefined; readonly amount: bigint };

/** A transfer of which something can be taken back, and the parts of it that went to attempts. */
export type Source = { readonly entry: StatementEntry; readonly parts: readonly Part[] };

/**
 * Says what is taken back of which transfers. Pure.
 * - Of a transaction's: the transfer that brought this very amount comes first, for the bank takes back one movement; then the
 *   newest. Of each, what went to the transaction, then what is held of it.
 * - Of a transfer that was named: what is held, then what went to attempts.
 * @param wish.transactionId undefined: the one source was named itself.
 * @returns the takes, and how much of `amount` they come short of; nothing may be taken then.
 */
export function planTakeBack(
  sources: readonly Source[],
  wish: { readonly amount: bigint; readonly transactionId: string | undefined },
): { readonly takes: readonly Take[]; readonly missing: bigint } {
  const { amount, transactionId } = wish;
  const brings = ({ entry, parts }: Source): boolean => {
    const part = parts.find((each) => each.transactionId === transactionId)?.amount ?? 0n;
    return part === amount || part + entry.heldAmount === amount;
  };
  const inOrder = sources.toSorted(
    (one, other) => Number(brings(other)) - Number(brings(one)) || Number(other.entry.number - one.entry.number),
  );
  let missing = amount;
  const takes = inOrder
    .flatMap((source) => placesOf(source, transactionId))
    .flatMap(({ amount: there, ...place }): Take[] => {
      const covers = there >= missing;
      const taken = covers ? missing : there;
      missing -= taken;
      return taken === 0n ? [] : [{ ...place, amount: taken }];
    });
  return { takes, missing };
}

function placesOf({ entry, parts }: Source, transactionId: string | undefined): Take[] {
  const held: Take = { entryId: entry.id, transactionId: undefined, amount: entry.heldAmount };
  if (transactionId === undefined) return [held, ...parts];
  return [...parts.filter((part) => part.transactionId === transactionId), held];
}

/** A transfer as it is once something of it was taken back; with nothing left on our account its story is over. Pure. */
export function afterTakes(entry: StatementEntry, takes: readonly Take[], at: Date): StatementEntry {
  let { appliedAmount, heldAmount, takenBackAmount } = entry;
  for (const { transactionId, amount } of takes.filter(({ entryId }) => entryId === entry.id)) {
    if (transactionId === undefined) heldAmount -= amount;
    else appliedAmount -= amount;
    takenBackAmount += amount;
  }
  const moved = { ...entry, appliedAmount, heldAmount, takenBackAmount, updatedAt: at };
  if (appliedAmount + heldAmount === 0n) return { ...moved, status: 'RETURNED', reason: null };
  return entry.status === 'HELD' && heldAmount === 0n ? { ...moved, status: 'BOOKED', reason: null } : moved;
}
