import type { CaptureMode, Currency, DeclineReason } from '../kernel/db/generated/prisma/enums.ts';
import type { Channel } from '../shops/model.ts';

/**
 * The door to whoever really takes the money. Every acquirer, simulated or real, is a folder that implements this, and
 * all of them pass one contract test. Calls carry our own stable reference as their idempotency key, and run outside
 * any transaction. A call whose signal is given fails at once with the signal's reason; the acquirer may have done all
 * the same what it was asked.
 */
export type Acquirer = {
  /** Stable name, also the owner of its ledger accounts. */
  readonly name: string;
  /** The channels it can take money through. */
  readonly channels: readonly Channel[];
  readonly capabilities: Capabilities;
  /** Why nobody can be sent to it through a channel at this moment; undefined when one can. */
  unavailability(channel: Channel, now: Date): Unavailability | undefined;
  /**
   * Gives an order the account number on which its money is awaited: 26 digits (NRB), the same for the same reference. Undefined:
   * its orders are paid otherwise than by transfers of the payers' own.
   */
  readonly allotAccount?: (reference: string) => string;
  /** Asks for money. The answer may be final, or `pending` with the outcome to follow by notification. */
  start(order: StartOrder, signal: AbortSignal): Promise<AcquirerAnswer>;
  /** Asks what became of an order; repeating it changes nothing. */
  status(reference: string, signal: AbortSignal): Promise<AcquirerAnswer>;
  /**
   * Asks to stop a pending order and to release what is authorised for it; the acquirer may have taken the money all
   * the same and will say so.
   */
  cancel(reference: string, signal: AbortSignal): Promise<void>;
  /** Asks for a movement on an order; the same reference sent twice is done once. */
  move(order: MovementOrder, signal: AbortSignal): Promise<MovementAnswer>;
  /** Asks what became of a movement; repeating it changes nothing. */
  movementStatus(reference: string, signal: AbortSignal): Promise<MovementAnswer>;
  /** Checks the signature of a notification and reads it. @throws NotificationRejected when it is not genuine. */
  readNotification(notification: AcquirerNotification): AcquirerWord;
  /** What it did in a span of time by its own books, oldest first: every order that took money and every movement. */
  dayFile(span: DaySpan, signal: AbortSignal): Promise<readonly DayFileLine[]>;
};

/** What an acquirer can do, as data. */
export type Capabilities = {
  /** Money can be authorised first, and captured or released later. */
  readonly authorizes: boolean;
  /** An order that is under way can be stopped; a bank, for one, cannot recall a transfer. */
  readonly stopsOrders: boolean;
};

/** Why a channel cannot be used now, and until when, as far as that is known. */
export type Unavailability = { readonly reason: 'ACQUIRER_DOWN' | 'OUTSIDE_HOURS'; readonly until?: Date };

/** What an acquirer is asked to take. */
export type StartOrder = {
  /** Our transaction id: the same order sent twice must be taken once. */
  readonly reference: string;
  readonly channel: Channel;
  readonly amount: bigint;
  readonly currency: Currency;
  /** `MANUAL` only authorises; only acquirers whose capabilities say so are asked for it. */
  readonly captureMode: CaptureMode;
  readonly title: string;
  /** The shop, as the payer's bank shows it. */
  readonly shopName: string;
  /** When the payer typed the code: it is good for 120 seconds. */
  readonly enteredAt: Date;
  /** Six digits, for `blik`. */
  readonly blikCode: string | undefined;
  /** The tokeniser's token of a card, for cards and wallets; never a card number. */
  readonly cardToken: string | undefined;
  /** True when an earlier payment stored the card: the shop charges it, and nobody is there to be challenged. */
  readonly stored: boolean;
  /**
   * The stored BLIK alias that pays instead of a code. An order through `blik_oneclick` with a code registers one, which
   * has the reference of that order as its name.
   */
  readonly alias: { readonly name: string; readonly appKey: string | undefined } | undefined;
  /** Where the payer comes back to after a page of the acquirer. */
  readonly returnUrl: string;
} & SandboxTraits;

/** What a simulated acquirer needs to know of the merchant and shop; a real one passes it over. */
export type SandboxTraits = {
  readonly merchantId: string;
  readonly clockOffsetMs: number;
  /** How long it waits before it tells the outcome. */
  readonly sandboxDelayMs: number;
};

/** What can be done with the money of an order: take what is authorised, release the rest of it, give back what was taken. */
export type MovementKind = 'capture' | 'void' | 'refund';

/** A movement an acquirer is asked for. */
export type MovementOrder = {
  readonly kind: MovementKind;
  /** Our id of the capture, void or refund. */
  readonly reference: string;
  /** Our transaction id, under which the money was authorised or taken. */
  readonly transaction: string;
  /** Of a void: what is left to be released. */
  readonly amount: bigint;
  readonly currency: Currency;
  /**
   * What of the order is settled by our books, in minor units. Where money comes to our own account by transfers we see it on its
   * statements, and the acquirer may have told nothing of it: it gives back from that account what we have settled.
   */
  readonly settled: bigint;
  /** What the shop noted; empty when it noted nothing. */
  readonly note: string;
} & SandboxTraits;

/** A payer's bank app that holds a BLIK alias of his: the key by which an order chooses it, and what he knows it by. */
export type BankApp = { readonly key: string; readonly label: string };

/** A page that a payer's browser is to be sent to. */
export type Redirect = {
  readonly url: string;
  readonly httpMethod: 'GET' | 'POST';
  /** Posted as a form; empty for GET. */
  readonly fields: readonly { readonly name: string; readonly value: string }[];
};

/** The whole list of what an acquirer can say of an order, to which every acquirer's own words are translated. */
export type AcquirerAnswer =
  | {
      readonly kind: 'pending';
      /** Until when the payer can confirm in the bank's app. */
      readonly confirmUntil?: Date;
      /** Where the payer has to decide: the bank's page, a challenge of 3-D Secure. */
      readonly redirect?: Redirect;
      /** The code of a soft decline, when the issuer wants a challenge before it decides (EMV 3-D Secure). */
      readonly softDecline?: string;
    }
  | { readonly kind: 'authorized'; readonly amount: bigint }
  | {
      readonly kind: 'settled';
      readonly amount: bigint;
      /** The bank apps that hold the BLIK alias which the order has registered. */
      readonly apps?: readonly BankApp[];
    }
  | { readonly kind: 'rejected'; readonly reason: DeclineReason; readonly code: string }
  /** The acquirer could not do it for a technical reason of its own; no money was taken. */
  | { readonly kind: 'failed' }
  /** A call was made and nothing came back: the money may or may not have been taken. */
  | { readonly kind: 'silent' }
  /** The acquirer never heard of the order: no call reached it, no money was taken. */
  | { readonly kind: 'unheard' };

/** The whole list of what an acquirer can say of a movement. */
export type MovementAnswer =
  | { readonly kind: 'pending' }
  | { readonly kind: 'settled' }
  | { readonly kind: 'rejected'; readonly code: string }
  /** A call was made and nothing came back. */
  | { readonly kind: 'silent' }
  /** The acquirer never heard of it: no call reached it. */
  | { readonly kind: 'unheard' };

/** What an acquirer told on its own account: about an order, or about a movement, by our reference. */
export type AcquirerWord =
  | { readonly about: 'transaction'; readonly reference: string; readonly answer: AcquirerAnswer }
  | { readonly about: MovementKind; readonly reference: string; readonly answer: MovementAnswer };

/** A message an acquirer sent to us, as it arrived. */
export type AcquirerNotification = { readonly headers: { get(name: string): string | null }; readonly body: string };

/** A span of time: from a moment, that moment included, to another. */
export type DaySpan = { readonly from: Date; readonly before: Date };

/** One line of an acquirer's day file: money it took or gave back, under our reference. */
export type DayFileLine = {
  /** `sale` is an order that took its money without a capture of its own. */
  readonly kind: 'sale' | 'capture' | 'refund';
  /** Our transaction, capture or refund id. */
  readonly reference: string;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly at: Date;
};

/** A notification that does not carry the acquirer's signature, or cannot be read. */
export class NotificationRejected extends Error {}

/** No call was made, since the acquirer has not been answering: nothing new is known, and nothing was sent. */
export class AcquirerNotCalled extends Error {
  constructor(acquirer: string) {
    super(`${acquirer} has not been answering and is not called for now.`);
  }
}

/** All acquirers of this gateway by name. */
export type Acquirers = ReadonlyMap<string, Acquirer>;

/** The acquirer that takes a channel, if any does. */
export function acquirerFor(acquirers: Acquirers, channel: Channel): Acquirer | undefined {
  for (const acquirer of acquirers.values()) if (acquirer.channels.includes(channel)) return acquirer;
  return undefined;
}
