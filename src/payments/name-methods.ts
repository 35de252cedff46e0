import type { PaymentMethod } from '../kernel/db/generated/prisma/enums.ts';
import type { Locale } from '../kernel/i18n/locales.ts';
import type { Channel } from '../shops/model.ts';
import cs from './method-names/cs.json' with { type: 'json' };
import de from './method-names/de.json' with { type: 'json' };
import en from './method-names/en.json' with { type: 'json' };
import es from './method-names/es.json' with { type: 'json' };
import fr from './method-names/fr.json' with { type: 'json' };
import it from './method-names/it.json' with { type: 'json' };
import lt from './method-names/lt.json' with { type: 'json' };
import pl from './method-names/pl.json' with { type: 'json' };
import ru from './method-names/ru.json' with { type: 'json' };
import sk from './method-names/sk.json' with { type: 'json' };
import sl from './method-names/sl.json' with { type: 'json' };
import uk from './method-names/uk.json' with { type: 'json' };

/** The methods, and the channels whose name is no brand; the brands are `brands` below. */
type Named = keyof typeof pl;

const names: Readonly<Record<Locale, Readonly<Record<Named, string>>>> = {
  pl,
  en,
  de,
  uk,
  fr,
  es,
  sl,
  ru,
  cs,
  sk,
  it,
  lt,
};

/** The name of a method for payers. */
export function methodName(method: PaymentMethod, locale: Locale): string {
  return names[locale][method];
}

/** Names that are the same in every language. */
const brands: Readonly<Record<Exclude<Channel, Named>, string>> = {
  blik: 'BLIK',
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
  noble: 'Noble Bank',
  gpay: 'Google Pay',
  applepay: 'Apple Pay',
  visa_mobile: 'Visa Mobile',
  imoje_twisto: 'Twisto',
  paypo: 'PayPo',
  blik_paylater: 'BLIK Płacę Później',
};

/** The name of a channel for payers. */
export function channelName(channel: Channel, locale: Locale): string {
  return isBrand(channel) ? brands[channel] : names[locale][channel];
}

function isBrand(channel: Channel): channel is keyof typeof brands {
  return channel in brands;
}
