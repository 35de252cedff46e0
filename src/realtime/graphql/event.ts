import { builder } from '../../graphql/builder.ts';
import { requireActor } from '../../graphql/context.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import type { Event } from '../../kernel/db/generated/prisma/client.ts';
import { EventType } from '../../kernel/db/generated/prisma/enums.ts';
import { encodeCursor } from '../../kernel/events/cursor.ts';
import type { PaymentFactData } from '../../payments/events.ts';
import { PaymentRef, PaymentStatusEnum } from '../../payments/graphql/payment.ts';
import type { PayoutFactData } from '../../payouts/events.ts';
import { PayoutRef, PayoutStatusEnum } from '../../payouts/graphql/payout.ts';
import type { ProfileFactData } from '../../profiles/events.ts';
import { ProfileRef, ProfileStatusEnum } from '../../profiles/graphql.ts';
import type { RefundFactData } from '../../refunds/events.ts';
import { RefundRef, RefundStatusEnum } from '../../refunds/graphql.ts';
import type { ShopFactData } from '../../shops/events.ts';
import { ShopRef, ShopStatusEnum } from '../../shops/graphql.ts';
import type { MovementFactData, TransactionFactData } from '../../transactions/events.ts';
import {
  CaptureRef,
  CaptureStatusEnum,
  TransactionRef,
  TransactionStatusEnum,
  VoidRef,
  VoidStatusEnum,
} from '../../transactions/graphql.ts';

const described = Object.fromEntries(
  Object.values(EventType).map((type) => {
    const [noun = '', state = ''] = type.split(/_(.*)/);
    return [type, `A ${noun.toLowerCase()} became ${state}.`];
  }),
) as Record<EventType, string>;

/** Kinds of facts. */
export const EventTypeEnum = builder.enumType('EventType', {
  description: 'Kinds of facts, NOUN_STATE. New ones may come; pass over what you do not know.',
  values: describeValues<EventType>({
    ...described,
    PAYMENT_CREATED: 'A payment was made.',
    TRANSACTION_NEW: 'An attempt was made that waits for the payer to enter a card.',
    TRANSACTION_HELD: 'Money came for a transaction that does not fit it, and is held; its status stays.',
    PAYMENT_NEW: 'An attempt ended without money; the payment can be paid again.',
  }),
});

/** The GraphQL types of facts, by the noun of their kind. */
const eventTypes: { readonly [noun: string]: string } = {
  PAYMENT: 'PaymentEvent',
  TRANSACTION: 'TransactionEvent',
  CAPTURE: 'CaptureEvent',
  VOID: 'VoidEvent',
  REFUND: 'RefundEvent',
  PAYOUT: 'PayoutEvent',
  PROFILE: 'ProfileEvent',
  SHOP: 'ShopEvent',
};

/** A fact of a shop's log. */
export const EventRef = builder.interfaceRef<Event>('Event').implement({
  description: 'A fact about a shop, numbered 1, 2, 3, … without a gap, unless the gateway was restored from a backup.',
  resolveType: ({ type }) => eventTypes[type.slice(0, type.indexOf('_'))] ?? 'TransactionEvent',
  fields: (t) => ({
    cursor: t.field({
      type: 'Cursor',
      description: 'Give it as `after` to go on behind this event.',
      resolve: (event) => encodeCursor(event.shopId, event.number),
    }),
    number: t.expose('number', { type: 'Count', description: 'Its place in the log of the shop.' }),
    type: t.expose('type', { type: EventTypeEnum, description: 'What happened.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it happened.' }),
    shop: t.field({
      type: ShopRef,
      description: 'Whose fact it is.',
      resolve: (event, _, context) => context.loaders.shop.load(event.shopId),
    }),
  }),
});

/** A fact about a payment. */
export const PaymentEventRef = builder.objectRef<Event>('PaymentEvent').implement({
  description: 'A payment came into a state.',
  interfaces: [EventRef],
  fields: (t) => ({
    status: t.field({
      type: PaymentStatusEnum,
      description: 'Its state then.',
      resolve: (event) => (event.data as PaymentFactData).payment.status,
    }),
    payment: t.field({
      type: PaymentRef,
      description: 'The payment as it is now.',
      resolve: (event, _, context) => context.loaders.payment.load(event.paymentId ?? ''),
    }),
  }),
});

/** A fact about a transaction. */
export const TransactionEventRef = builder.objectRef<Event>('TransactionEvent').implement({
  description: 'A transaction came into a state.',
  interfaces: [EventRef],
  fields: (t) => ({
    status: t.field({
      type: TransactionStatusEnum,
      description: 'Its state then.',
      resolve: (event) => (event.data as TransactionFactData).transaction.status,
    }),
    transaction: t.field({
      type: TransactionRef,
      description: 'The transaction as it is now.',
      resolve: (event, _, context) => context.loaders.transaction.load(event.transactionId ?? ''),
    }),
  }),
});

builder.objectRef<Event>('RefundEvent').implement({
  description: 'A refund came into a state.',
  interfaces: [EventRef],
  fields: (t) => ({
    status: t.field({
      type: RefundStatusEnum,
      description: 'Its state then.',
      resolve: (event) => (event.data as RefundFactData).refund.status,
    }),
    refund: t.field({
      type: RefundRef,
      description: 'The refund as it is now.',
      resolve: (event, _, context) => context.loaders.refund.load(event.refundId ?? ''),
    }),
  }),
});

builder.objectRef<Event>('PayoutEvent').implement({
  description: 'A payout came into a state.',
  interfaces: [EventRef],
  fields: (t) => ({
    status: t.field({
      type: PayoutStatusEnum,
      description: 'Its state then.',
      resolve: (event) => (event.data as PayoutFactData).payout.status,
    }),
    payout: t.field({
      type: PayoutRef,
      nullable: true,
      description: 'The payout as it is now; null for a key without the scope payouts:read.',
      // Not refused: that would end the subscriptions of keys that may follow the log, and they could never go on behind it.
      resolve: (event, _, context) =>
        requireActor(context).scopes.has('payouts:read') ? context.loaders.payout.load(event.payoutId ?? '') : null,
    }),
  }),
});

builder.objectRef<Event>('ProfileEvent').implement({
  description: 'A stored instrument came into a state.',
  interfaces: [EventRef],
  fields: (t) => ({
    status: t.field({
      type: ProfileStatusEnum,
      description: 'Its state then.',
      resolve: (event) => (event.data as ProfileFactData).profile.status,
    }),
    profile: t.field({
      type: ProfileRef,
      description: 'The instrument as it is now.',
      resolve: (event, _, context) => context.loaders.profile.load(event.profileId ?? ''),
    }),
  }),
});

builder.objectRef<Event>('CaptureEvent').implement({
  description: 'A capture came into a state.',
  interfaces: [EventRef],
  fields: (t) => ({
    status: t.field({
      type: CaptureStatusEnum,
      description: 'Its state then.',
      resolve: (event) => (event.data as { capture: MovementFactData }).capture.status,
    }),
    capture: t.field({
      type: CaptureRef,
      description: 'The capture as it is now.',
      resolve: (event, _, context) => context.loaders.capture.load(event.captureId ?? ''),
    }),
    transaction: t.field({
      type: TransactionRef,
      description: 'The transaction as it is now.',
      resolve: (event, _, context) => context.loaders.transaction.load(event.transactionId ?? ''),
    }),
  }),
});

builder.objectRef<Event>('VoidEvent').implement({
  description: 'A void came into a state.',
  interfaces: [EventRef],
  fields: (t) => ({
    status: t.field({
      type: VoidStatusEnum,
      description: 'Its state then.',
      resolve: (event) => (event.data as { void: MovementFactData }).void.status,
    }),
    void: t.field({
      type: VoidRef,
      description: 'The void as it is now.',
      resolve: (event, _, context) => context.loaders.void.load(event.voidId ?? ''),
    }),
    transaction: t.field({
      type: TransactionRef,
      description: 'The transaction as it is now.',
      resolve: (event, _, context) => context.loaders.transaction.load(event.transactionId ?? ''),
    }),
  }),
});

builder.objectRef<Event>('ShopEvent').implement({
  description: 'The shop came into a state.',
  interfaces: [EventRef],
  fields: (t) => ({
    status: t.field({
      type: ShopStatusEnum,
      description: 'Its state then.',
      resolve: (event) => (event.data as ShopFactData).shop.status,
    }),
  }),
});
