import type { Currency } from '../kernel/money.ts';
import { type Brand, brandOf, type Wallet } from './model.ts';
import { sealApplePay } from './seal-apple-pay.ts';
import { sealGooglePay } from './seal-google-pay.ts';
import { type CardOutcome, outcomeOf } from './test-cards.ts';

/** A test card as a wallet shows it, with what the wallet sends when it is chosen. */
export type SealedCard = {
  readonly brand: Brand;
  readonly last4: string;
  readonly outcome: CardOutcome;
  /** JSON, as `tokeniseWallet` reads it. */
  readonly token: string;
};

/** For whom, how much and until when the payer pays. */
export type SealWish = {
  readonly merchantId: string;
  /** Minor units. */
  readonly amount: bigint;
  readonly currency: Currency;
  readonly expiresAt: Date;
};

/** The test cards in everybody's simulated wallet: one that pays, one that asks, one without money, one without an answer. */
const inWallet = ['4111111111111111', '4012001037141112', '4000000000000515', '4000000007000005'] as const;

/** ISO 4217 gives each currency a number as well. */
const currencyNumbers: Readonly<Record<Currency, string>> = {
  PLN: '985',
  EUR: '978',
  GBP: '826',
  USD: '840',
  CHF: '756',
  CZK: '203',
  HUF: '348',
  RON: '946',
};

/** Seals the test cards as a wallet of the sandbox would, good to the end of next year. */
export function sealTestCards(wallet: Wallet, wish: SealWish): SealedCard[] {
  const expiry = { month: 12, year: wish.expiresAt.getUTCFullYear() + 1 };
  return inWallet.map((number) => ({
    brand: brandOf(number) as Brand,
    last4: number.slice(-4),
    outcome: outcomeOf(number),
    token:
      wallet === 'gpay'
        ? sealGooglePay({ number, expiry, merchantId: wish.merchantId, expiresAt: wish.expiresAt })
        : sealApplePay({ number, expiry, amount: wish.amount, currencyCode: currencyNumbers[wish.currency] }),
  }));
}
