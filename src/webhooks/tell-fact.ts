import type { PaymentFactData } from '../payments/events.ts';
import type { RefundFactData } from '../refunds/events.ts';
import type { TransactionFactData } from '../transactions/events.ts';
import {
  imojeNotification,
  type Told,
  type ToldPayment,
  type ToldProfile,
  type ToldRefund,
  type ToldTransaction,
} from './imoje-notification.ts';
import { subjectOf } from './model.ts';
import type { LoggedFact } from './sql/read-log.ts';

/** Whose fact it is, where it is told, and where payers reach the pages. */
export type Telling = {
  readonly shopId: string;
  readonly merchantId: string;
  readonly notificationUrl: string;
  readonly publicUrl: string;
};

/** The body of the notification that tells a fact; undefined when the shop is told nothing of it. */
export function tellFact(fact: LoggedFact, telling: Telling): string | undefined {
  const { paymentId } = fact;
  if (paymentId === null) return undefined;
  const paymentUrl = `${telling.publicUrl}/pay/${paymentId}`;
  const told = toldOf(fact, { ...telling, id: paymentId, paymentUrl });
  return told && imojeNotification(told);
}

function toldOf(
  fact: LoggedFact,
  about: {
    readonly id: string;
    readonly shopId: string;
    readonly merchantId: string;
    readonly notificationUrl: string;
    readonly paymentUrl: string;
  },
): Told | undefined {
  const { at, transactionId, refundId } = fact;
  const { notificationUrl, paymentUrl } = about;
  const common = { at, notificationUrl, paymentUrl, payment: paymentOf(fact, about) };
  switch (subjectOf(fact.type)) {
    case 'payment':
      // imoje tells of payments alone where they have an address to send; a sale is its attempt, which is told.
      if (fact.isSale) return undefined;
      return { ...common, transaction: undefined, data: fact.data as PaymentFactData };
    case 'transaction': {
      if (transactionId === null) return undefined;
      const data = fact.data as TransactionFactData;
      return {
        ...common,
        transaction: transactionOf(fact, transactionId),
        data,
        profile: profileOf(fact, data, about),
      };
    }
    case 'refund': {
      if (transactionId === null || refundId === null) return undefined;
      const [transaction, refund] = [transactionOf(fact, transactionId), refundOf(fact, refundId)];
      return { ...common, transaction, refund, data: fact.data as RefundFactData };
    }
    case undefined:
      return undefined;
  }
}

function paymentOf(fact: LoggedFact, { id, shopId }: Pick<ToldPayment, 'id' | 'shopId'>): ToldPayment {
  const { title, orderId, currency, paymentAmount: amount, paymentCreatedAt: createdAt } = fact;
  return { id, shopId, title, orderId, amount, currency, createdAt };
}

function transactionOf(fact: LoggedFact, id: string): ToldTransaction {
  const { source, method, channel, currency, transferAccount } = fact;
  const { transactionAmount: amount, transactionCreatedAt: createdAt } = fact;
  return { id, source, method, channel, amount, currency, transferAccount, createdAt };
}

/** An attempt that stores its instrument is told with it once it is stored, one that charges it always. */
function profileOf(
  { transactionId, profileId: id, firstTransactionId, ...fact }: LoggedFact,
  { transaction: { status } }: TransactionFactData,
  { merchantId }: { readonly merchantId: string },
): ToldProfile | undefined {
  const isStored = firstTransactionId !== transactionId || status === 'AUTHORIZED' || status === 'SETTLED';
  // Of an alias imoje tells nothing: it has no number and no month.
  if (id === null || !isStored || fact.method !== 'CARD') return undefined;
  const { customerId, profileKind: kind, profileLabel: label, profileDetails: details } = fact;
  return { id, merchantId, customerId, kind, label, details };
}

function refundOf(fact: LoggedFact, id: string): ToldRefund {
  const { refundAmount: amount, refundNote: note, refundCreatedAt: createdAt } = fact;
  return { id, amount, note, createdAt };
}
