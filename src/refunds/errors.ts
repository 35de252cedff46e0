import { Refusal } from '../kernel/errors.ts';
import { toDecimal } from '../kernel/money.ts';

/** There is no settled money that could be given back. */
export class TransactionNotSettled extends Refusal {
  readonly code = 'TRANSACTION_NOT_SETTLED';

  constructor(status: string) {
    super(`Only a settled transaction can be refunded; this one is ${status.toLowerCase()}.`, ['transactionId']);
  }
}

/** More than what is left of the settled amount. */
export class RefundExceedsAmount extends Refusal {
  readonly code = 'REFUND_EXCEEDS_AMOUNT';

  constructor(left: bigint) {
    super(`At most ${left} minor units of this transaction can still be refunded.`, ['amount']);
  }
}

/** The time in which this method can be refunded is over. */
export class RefundWindowClosed extends Refusal {
  readonly code = 'REFUND_WINDOW_CLOSED';

  constructor(method: string, end: Date) {
    super(`${method} could be refunded until ${end.toISOString()}; pay the money back in another way.`, [
      'transactionId',
    ]);
  }
}

/** The balance of the shop, or of a recipient, does not cover its part of the refund, nor does the overdraft what is missing. */
export class BalanceTooLow extends Refusal {
  readonly code = 'BALANCE_TOO_LOW';

  constructor(cover: {
    readonly balance: bigint;
    readonly overdraft: bigint | undefined;
    /** Whether recipients have taken of the overdraft. */
    readonly isShared: boolean;
    readonly currency: string;
    readonly recipientId?: string;
  }) {
    super(sentenceFor(cover), ['amount']);
  }
}

function sentenceFor(cover: ConstructorParameters<typeof BalanceTooLow>[0]): string {
  const { balance, overdraft, isShared, currency, recipientId } = cover;
  const own = `The balance of ${toDecimal(balance)} ${currency}`;
  // How much a recipient has, and what recipients lack, is from all shops of the merchant, and this may be told to one of them.
  const lacks =
    recipientId === undefined
      ? `${own} does not cover this refund`
      : `The balance of the recipient ${recipientId} does not cover his part of this refund`;
  if (overdraft === undefined) {
    return `${lacks}, and a shop that takes no payments has no overdraft; refund what the balance covers, or pay the money back in another way.`;
  }
  const limit = `the overdraft of ${toDecimal(overdraft)} ${currency}`;
  return recipientId === undefined && !isShared
    ? `${own} and ${limit} do not cover this refund; wait for further sales.`
    : `${lacks}, and what is missing is more than ${limit}, which the shop and all recipients of the merchant share, has left; wait for further sales.`;
}
