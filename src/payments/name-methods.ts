import type { PaymentMethod } from '../kernel/db/generated/prisma/enums.ts';
import type { Locale } from '../kernel/i18n/locales.ts';
import type { Channel } from '../shops/model.ts';

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

/** A brand is the same in every language, other names are not. */
type ChannelName = string | { readonly pl: string; readonly en: string };

const channelNames: Readonly<Record<Channel, ChannelName>> = {
  blik: 'BLIK',
  blik_oneclick: { pl: 'BLIK bez kodu', en: 'BLIK without a code' },
  mtransfer: 'mBank',
  bzwbk: 'Santander Bank Polska',
  pekao24: 'Bank Pekao',
  ipko: 'PKO BP iPKO',
  inteligo: 'PKO BP Inteligo',
  ing: 'ING Bank Śląski',
  millennium: 'Bank Millennium',
  alior: 'Alior Bank',
  citi: 'Citi Handlowy',
  creditagricole: 'Credit Agricole',
  bnpparibas: 'BNP Paribas',
  bos: 'BOŚ Bank',
  pocztowy: 'Bank Pocztowy',
  plusbank: 'Plus Bank',
  bs: 'Banki Spółdzielcze',
  bspb: 'Bank Spółdzielczy w Brodnicy',
  nest: 'Nest Bank',
  getin: { pl: 'VeloBank (dawniej Getin)', en: 'VeloBank (formerly Getin)' },
  noble: 'Noble Bank',
  ecom3ds: { pl: 'Karta płatnicza', en: 'Payment card' },
  oneclick: { pl: 'Zapisana karta', en: 'Saved card' },
  recurring: { pl: 'Karta, płatność cykliczna', en: 'Card, recurring payment' },
  gpay: 'Google Pay',
  applepay: 'Apple Pay',
  visa_mobile: 'Visa Mobile',
  imoje_twisto: 'Twisto',
  paypo: 'PayPo',
  pragma_go: { pl: 'PragmaGO (dla firm)', en: 'PragmaGO (for companies)' },
  blik_paylater: 'BLIK Płacę Później',
  inbank: { pl: 'Raty Inbank', en: 'Inbank instalments' },
  inbank_0: { pl: 'Raty 0% Inbank', en: 'Inbank instalments at 0%' },
  lease: { pl: 'Leasing', en: 'Lease' },
  wt: { pl: 'Przelew tradycyjny', en: 'Traditional transfer' },
  wt_split: { pl: 'Przelew z podzieloną płatnością', en: 'Transfer with split payment' },
};

/** The name of a channel for payers; languages that have no names yet read English. */
export function channelName(channel: Channel, locale: Locale): string {
  const name = channelNames[channel];
  return typeof name === 'string' ? name : name[locale === 'pl' ? 'pl' : 'en'];
}
