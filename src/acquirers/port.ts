import type { Currency, DeclineReason } from '../kernel/db/generated/prisma/enums.ts';
import type { Channel } from '../shops/model.ts';

/**
 * The door to whoever really takes the money. Every acquirer, simulated or real, is a folder that implements this, and
 * all of them pass one contract test. Calls carry our own stable reference as their idempotency key, and run outside
 * any transaction.
 */
export type Acquirer = {
  /** Stable name, also the owner of its ledger accounts. */
  readonly name: string;
  /** The channels it can take money through. */
  readonly channels: readonly Channel[];
  /** Asks for money. The answer may be final, or `pending` with the outcome to follow by notification. */
  start(order: StartOrder, signal: AbortSignal): Promise<AcquirerAnswer>;
  /** Asks what became of an order; repeating it changes nothing. */
  status(reference: string, signal: AbortSignal): Promise<AcquirerAnswer>;
  /** Asks to stop a pending order; the acquirer may have taken the money all the same and will say so. */
  cancel(reference: string, signal: AbortSignal): Promise<void>;
  /** Asks to give money of a settled order back to the payer; the same reference sent twice is given back once. */
  refund(order: RefundOrder, signal: AbortSignal): Promise<RefundAnswer>;
  /** Asks what became of a refund; repeating it changes nothing. */
  refundStatus(reference: string, signal: AbortSignal): Promise<RefundAnswer>;
  /** Checks the signature of a notification and reads it. @throws NotificationRejected when it is not genuine. */
  readNotification(notification: AcquirerNotification): AcquirerWord;
};

/** What an acquirer told on its own account: about an order, or about a refund, by our reference. */
export type AcquirerWord =
  | { readonly about: 'transaction'; readonly reference: string; readonly answer: AcquirerAnswer }
  | { readonly about: 'refund'; readonly reference: string; readonly answer: RefundAnswer };

/** What an acquirer is asked to give back. */
export type RefundOrder = {
  /** Our refund id. */
  readonly reference: string;
  /** Our transaction id, under which the money was taken. */
  readonly transaction: string;
  readonly amount: bigint;
  readonly currency: Currency;
  /** What the shop noted; empty when it noted nothing. */
  readonly note: string;
  readonly merchantId: string;
  readonly clockOffsetMs: number;
  readonly sandboxDelayMs: number;
};

/** The whole list of what an acquirer can say of a refund. */
export type RefundAnswer =
  | { readonly kind: 'pending' }
  | { readonly kind: 'settled' }
  | { readonly kind: 'rejected'; readonly code: string }
  /** A call was made and nothing came back. */
  | { readonly kind: 'silent' }
  /** The acquirer never heard of the refund. */
  | { readonly kind: 'unheard' };

/** What an acquirer is asked to take. */
export type StartOrder = {
  /** Our transaction id: the same order sent twice must be taken once. */
  readonly reference: string;
  readonly channel: Channel;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly title: string;
  /** When the payer typed the code: it is good for 120 seconds. */
  readonly enteredAt: Date;
  /** Six digits, for `blik`. */
  readonly blikCode: string | undefined;
  readonly merchantId: string;
  readonly clockOffsetMs: number;
  /** How long a simulated acquirer waits before it tells the outcome. */
  readonly sandboxDelayMs: number;
};

/** The whole list of what an acquirer can say, to which every acquirer's own words are translated. */
export type AcquirerAnswer =
  | { readonly kind: 'pending'; readonly confirmUntil: Date }
  | { readonly kind: 'settled'; readonly amount: bigint }
  | { readonly kind: 'rejected'; readonly reason: DeclineReason; readonly code: string }
  /** A call was made and nothing came back: the money may or may not have been taken. */
  | { readonly kind: 'silent' }
  /** The acquirer never heard of the order: no call reached it, no money was taken. */
  | { readonly kind: 'unheard' };

/** A message an acquirer sent to us, as it arrived. */
export type AcquirerNotification = { readonly headers: { get(name: string): string | null }; readonly body: string };

/** A notification that does not carry the acquirer's signature, or cannot be read. */
export class NotificationRejected extends Error {}

/** All acquirers of this gateway by name. */
export type Acquirers = ReadonlyMap<string, Acquirer>;

/** The acquirer that takes a channel, if any does. */
export function acquirerFor(acquirers: Acquirers, channel: Channel): Acquirer | undefined {
  return [...acquirers.values()].find((acquirer) => acquirer.channels.includes(channel));
}
