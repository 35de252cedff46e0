import type { Acquirer } from '../acquirers/port.ts';
import type { Payment, Prisma, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { TransactionSource } from '../kernel/db/generated/prisma/enums.ts';
import type { Refusal } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Instrument } from '../profiles/model.ts';
import { type Channel, channelFacts, type Shop } from '../shops/model.ts';
import { toNextStep, toTransferStep } from '../transactions/next-step.ts';
import { transferTitle } from './title-transfer.ts';

/** A checked wish to pay a payment with one channel. */
export type PreparedStart = {
  readonly paymentId: string;
  readonly shop: Shop;
  /**
   * Of an attempt that is made with its payment, one made of the payment's id: the keys of starts are the caller's own, and one that he has
   * used there must not leave the payment behind.
   */
  readonly idempotencyKey: string;
  /** The key that such attempts had before, which was the payment's. */
  readonly formerKey: string | undefined;
  readonly inputHash: Buffer;
  readonly channel: Channel;
  /** Undefined when no acquirer takes this channel. */
  readonly acquirer: Acquirer | undefined;
  readonly source: TransactionSource;
  /** The page of ours on which the payer has yet to enter his card; undefined when all is there and can be sent. */
  readonly entryPage: string | undefined;
  /** Why it may not be started, as far as that is known before; thrown unless the wish was answered before. */
  readonly refusal: Refusal | undefined;
  /** The card as it may be kept; undefined until the payer has entered it. */
  readonly instrument: Instrument | undefined;
  /** Of the card, or of the alias, as it is sent; undefined when there is none to send. */
  readonly token: string | undefined;
  /** The stored instrument that is charged. */
  readonly profileId: string | undefined;
  /** Which of the bank apps that hold the alias; undefined when it is not known. */
  readonly appKey: string | undefined;
  /** True when the payer has yet to choose one of the bank apps that hold his alias. */
  readonly choosesApp: boolean;
  /** The payer has been warned and wants to pay otherwise than by the attempt that is running. */
  readonly supersede: boolean;
  readonly returnUrl: string | undefined;
  readonly payerIp: string | undefined;
};

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
    return toTransferStep({ account, recipient: shop.name, title: transferTitle(channel, payment, shop) });
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
