import { Refusal } from '../kernel/errors.ts';
import type { AmountLimits } from './model.ts';

/** The shop is not active (yet, or any more). */
export class ShopNotActive extends Refusal {
  readonly code = 'SHOP_NOT_ACTIVE';

  constructor(status: string) {
    super(`This shop takes no payments while it is ${status.toLowerCase()}.`, ['shopId']);
  }
}

/** The merchant's contract is not running. */
export class MerchantNotActive extends Refusal {
  readonly code = 'MERCHANT_NOT_ACTIVE';

  constructor() {
    super('The merchant of this shop has no running contract, so the shop takes no payments.', ['shopId']);
  }
}

/** The shop does not take this currency, or none of the methods that are asked for does. */
export class CurrencyNotAvailable extends Refusal {
  readonly code = 'CURRENCY_NOT_AVAILABLE';

  /** @param methods the methods that do not take it; none: nothing of the shop does. */
  constructor(currency: string, available: readonly string[], methods: readonly string[] = []) {
    const instead = `${available.length > 1 ? 'one of ' : ''}${available.join(', ')}`;
    super(
      methods.length === 0
        ? `${currency} cannot be taken here; take ${instead}.`
        : `${methods.join(', ')} cannot be paid in ${currency}; take ${instead}, or other methods.`,
      ['currency'],
    );
  }
}

/** The shop, the acquirers, the currency or the payment exclude this method. */
export class MethodNotAvailable extends Refusal {
  readonly code = 'METHOD_NOT_AVAILABLE';
}

/** The amount of the payment is below or above what this method pays. */
export class AmountOutOfRange extends Refusal {
  readonly code = 'AMOUNT_OUT_OF_RANGE';

  /** @param name the method or channel with these limits. */
  constructor(name: string, { min, max }: AmountLimits, field: readonly string[]) {
    super(`${name} takes ${min} to ${max} minor units; choose another method.`, field);
  }
}

/** The way of settling was to be changed (features F23). */
export class SettlementFixed extends Refusal {
  readonly code = 'SETTLEMENT_FIXED';

  constructor() {
    super(
      'The way of settling is part of the contract and cannot be changed: all is paid out on the next business day.',
      ['settlement'],
    );
  }
}

/** The address of a shop was to be changed otherwise than by message (features F8). */
export class AddressByMessage extends Refusal {
  readonly code = 'ADDRESS_BY_MESSAGE';

  constructor() {
    super('The address of a shop is changed by the bank: call sendMessage with the shop and its newUrl.', ['url']);
  }
}
