import type { PaymentMethod } from '../kernel/db/generated/prisma/enums.ts';
import type { Locale } from '../kernel/i18n/locales.ts';

const english: Readonly<Record<PaymentMethod, string>> = {
  BLIK: 'BLIK',
  PBL: 'Bank transfer',
  CARD: 'Payment card',
  WALLET: 'Wallet',
  PAY_LATER: 'Pay later',
  INSTALLMENTS: 'Instalments',
  LEASE: 'Lease',
  WIRE_TRANSFER: 'Traditional transfer',
};

const names: Readonly<Partial<Record<Locale, Readonly<Record<PaymentMethod, string>>>>> = {
  pl: {
    BLIK: 'BLIK',
    PBL: 'Szybki przelew',
    CARD: 'Karta płatnicza',
    WALLET: 'Portfel elektroniczny',
    PAY_LATER: 'Zapłać później',
    INSTALLMENTS: 'Raty',
    LEASE: 'Leasing',
    WIRE_TRANSFER: 'Przelew tradycyjny',
  },
  en: english,
};

/** The name of a method for payers; languages that have no names yet read English. */
export function methodName(method: PaymentMethod, locale: Locale): string {
  return (names[locale] ?? english)[method];
}
