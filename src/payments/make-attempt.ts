import type { Acquirer } from '../acquirers/port.ts';
import type { Payment, Prisma, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { newId } from '../kernel/ids.ts';
import { channelFacts } from '../shops/model.ts';
import { toNextStep, toTransferStep } from '../transactions/next-step.ts';
import type { PreparedStart } from './decide-start.ts';
import { transferTitle } from './title-transfer.ts';

/** Says whether an attempt can go to its acquirer; else it waits, as NEW, for what the payer has yet to enter or choose. */
export function isSent({ entryPage, choosesApp }: Pick<PreparedStart, 'entryPage' | 'choosesApp'>): boolean {
  return entryPage === undefined && !choosesApp;
}

/**
 * Makes the row of a new attempt. One that is paid by a transfer of the payer's own has its account number from the start: it is
 * never given to another attempt, so the number alone tells what money is for.
 */
export function newTransaction(
  wish: PreparedStart,
  made: {
    readonly payment: Payment;
    readonly acquirer: Acquirer;
    /** Where the shop wished its payer back when it started the attempt before this one. */
    readonly returnUrl: string | null;
    readonly now: Date;
  },
): Transaction {
  const { payment, acquirer, now } = made;
  const id = newId(now);
  const transferAccount = acquirer.allotAccount?.(id) ?? null;
  return {
    id,
    shopId: payment.shopId,
    paymentId: payment.id,
    source: wish.source,
    idempotencyKey: wish.idempotencyKey,
    inputHash: new Uint8Array(wish.inputHash),
    method: channelFacts(wish.channel).method,
    channel: wish.channel,
    acquirer: acquirer.name,
    acquirerReference: null,
    status: isSent(wish) ? 'PENDING' : 'NEW',
    reason: null,
    acquirerCode: null,
    amount: payment.amount,
    currency: payment.currency,
    capturedAmount: 0n,
    settledAmount: 0n,
    refundedAmount: 0n,
    heldAmount: 0n,
    late: false,
    surplus: false,
    profileId: wish.profileId ?? null,
    confirmUntil: null,
    nextStep: firstStep(wish, payment, transferAccount),
    transferAccount,
    returnUrl: wish.returnUrl ?? made.returnUrl,
    payerIp: wish.payerIp ?? null,
    addressSeen: wish.source === 'WEB',
    heardAt: null,
    entryKey: null,
    authorizedUntil: null,
    createdAt: now,
    updatedAt: now,
    settledAt: null,
  };
}

/** What the payer has to do before any acquirer is asked. */
function firstStep(
  { entryPage, channel, shop }: PreparedStart,
  payment: Payment,
  account: string | null,
): Prisma.JsonObject | null {
  if (account !== null) {
    return toTransferStep({ account, recipient: shop.name, title: transferTitle(channel, payment) });
  }
  return entryPage === undefined ? null : toNextStep({ url: entryPage, httpMethod: 'GET', fields: [] });
}

/** Makes the row of an attempt that waited for its payer, who has now entered what it needs. */
export function continued(live: Transaction, wish: PreparedStart, now: Date): Transaction {
  return {
    ...live,
    status: 'PENDING',
    nextStep: null,
    payerIp: wish.payerIp ?? null,
    addressSeen: true,
    entryKey: wish.idempotencyKey,
    updatedAt: now,
  };
}
