import type { BankApp } from '../acquirers/port.ts';
import type { Profile, ProfileWish, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { newId } from '../kernel/ids.ts';

/** An attempt that came into another state. */
export type Decided = {
  readonly transaction: Transaction;
  readonly merchantId: string;
  readonly at: Date;
  /** The bank apps that hold the alias which it registered. */
  readonly apps?: readonly BankApp[] | undefined;
};

/** Says whether an attempt has its money, or holds it. */
export function hasMoney({ transaction: { status } }: Decided): boolean {
  return status === 'AUTHORIZED' || status === 'SETTLED';
}

/** The profile that a payer's wish becomes. */
export function newProfile({ transactionId, ...wish }: ProfileWish, { at }: Decided): Profile {
  const made = { id: newId(at), status: 'ACTIVE', createdAt: at, updatedAt: at } as const;
  return { ...wish, ...made, firstTransactionId: transactionId };
}
