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

/** Balance and overdraft of the shop, or of a recipient, do not cover the refund. */
export class BalanceTooLow extends Refusal {
  readonly code = 'BALANCE_TOO_LOW';

  constructor(cover: {
    readonly balance: bigint;
    readonly overdraft: bigint;
    readonly currency: string;
    readonly recipientId?: string;
  }) {
    const { balance, overdraft, currency, recipientId } = cover;
    // How much a recipient has is from all shops of the merchant, and this may be told to one of them.
    const whose =
      recipientId === undefined ? `of ${toDecimal(balance)} ${currency}` : `of the recipient ${recipientId}`;
    super(
      `The balance ${whose} and the overdraft of ${toDecimal(overdraft)} ${currency} do not cover this refund; wait for further sales.`,
      ['amount'],
    );
  }
}
