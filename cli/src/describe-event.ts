import type { Event, EventType } from '@bramka/client';

/** An amount as people write it: `123.45 PLN`. All currencies of the gateway have two decimals. */
export function inWords({ amount, currency }: { readonly amount: number; readonly currency: string }): string {
  const digits = String(Math.abs(amount)).padStart(3, '0');
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)} ${currency}`;
}

/** The kind of an event of which people wrote `payment.settled` or `payment-settled`. */
export function typeOf(name: string): EventType {
  return name.toUpperCase().replaceAll(/[^A-Z]+/g, '_') as EventType;
}

/** An event in one line: its number, when, what, and of which order. */
export function describeEvent(event: Event): string {
  return [String(event.number).padStart(6), event.at, event.type.padEnd(22), ...subjectOf(event)].join('  ');
}

function subjectOf(event: Event): readonly string[] {
  switch (event.__typename) {
    case 'PaymentEvent':
      return [event.payment.orderId, inWords(event.payment.amount)];
    case 'TransactionEvent': {
      const { payment, amount, channel, reason, code } = event.transaction;
      return [payment.orderId, inWords(amount), channel, ...[reason, code].filter((word) => word !== null)];
    }
    case 'CaptureEvent':
      return [event.transaction.payment.orderId, inWords(event.capture.amount)];
    case 'VoidEvent':
      return [event.transaction.payment.orderId, inWords(event.void.amount)];
    case 'RefundEvent':
      return [event.refund.transaction.payment.orderId, inWords(event.refund.amount)];
    case 'PayoutEvent':
      // Keys without payouts:read are told no more than that it happened.
      return event.payout ? [event.payout.businessDay, inWords(event.payout.net)] : [];
    case 'ProfileEvent':
      return [event.profile.customerId, event.profile.label];
    case 'ShopEvent':
      return [event.shop.name];
    default:
      // A newer gateway has kinds of events that this version does not know.
      return [];
  }
}
