import type { Payment } from '../kernel/db/generated/prisma/client.ts';
import type { Currency } from '../kernel/db/generated/prisma/enums.ts';
import { type Listing, listingOf } from '../kernel/listing.ts';
import type { Money } from '../kernel/money.ts';
import { readUnits } from './read-units.ts';

/** Rates of Polish VAT and reasons for none, in imoje's words (imoje protocol, section 1). */
export const taxStakes = {
  TAX_23: '23 %.',
  TAX_22: '22 %.',
  TAX_8: '8 %.',
  TAX_7: '7 %.',
  TAX_5: '5 %.',
  TAX_3: '3 %.',
  TAX_0: '0 %.',
  TAX_EXEMPT: 'Exempt.',
  TAX_NOT_LIABLE: 'Not liable to VAT.',
  TAX_REVERSE_CHARGE: 'The buyer owes it.',
  TAX_EXCLUDING: 'Outside of VAT.',
} as const;

export type TaxStake = keyof typeof taxStakes;

/** Something that is bought. What the door through which it came did not ask for, or takes in another form, is null. */
export type CartItem = {
  readonly number: string | null;
  readonly name: string | null;
  /** Net, of one. */
  readonly amount: Money | null;
  /** Of one. */
  readonly tax: Money | null;
  readonly taxStake: TaxStake | null;
  readonly quantity: bigint | null;
};

/** An invoice; null as with `CartItem`. */
export type Invoice = {
  readonly number: string | null;
  readonly buyer: {
    readonly name: string | null;
    readonly taxNumber: string | null;
    readonly country: string | null;
  };
  readonly positions: Listing<InvoicePosition>;
};

/** A line of an invoice; null as with `CartItem`. */
export type InvoicePosition = {
  readonly name: string | null;
  readonly quantity: bigint | null;
  /** With VAT, of one. */
  readonly grossAmount: Money | null;
  readonly taxStake: TaxStake | null;
  /** Of the whole line. */
  readonly taxAmount: Money | null;
};

type Kept = Pick<Payment, 'documents' | 'currency'>;
type Members = Readonly<Record<string, unknown>>;

/** Reads the cart of a payment as the API shows it; null when it has none. */
export function readCart({ documents, currency }: Kept): Listing<CartItem> | null {
  const { cart } = membersOf(documents);
  if (!isObject(cart)) return null;
  return listingOf(listIn(cart, 'items'), (item) => ({
    number: readText(item.id),
    name: readText(item.name),
    amount: readMoney(item.amount, currency),
    tax: readMoney(item.tax, currency),
    taxStake: readStake(item.taxStake),
    quantity: readQuantity(item.quantity),
  }));
}

/** Reads the invoice that a payment pays as the API shows it; null when it has none. */
export function readInvoice({ documents, currency }: Kept): Invoice | null {
  const { invoice } = membersOf(documents);
  if (!isObject(invoice)) return null;
  const { fullName, idType, idNumber, idCountryCodeAlpha2 } = membersOf(invoice.buyer);
  return {
    number: readText(invoice.invoiceId),
    buyer: {
      name: readText(fullName),
      // Of persons it may be the number of an identity card.
      taxNumber: idType === 'VAT_ID' ? readText(idNumber) : null,
      country: readText(idCountryCodeAlpha2),
    },
    positions: listingOf(listIn(invoice, 'positions'), (line) => ({
      name: readText(line.name),
      quantity: readQuantity(line.quantity),
      grossAmount: readMoney(line.grossAmount, currency),
      taxStake: readStake(line.taxStake),
      taxAmount: readMoney(line.taxAmount, currency),
    })),
  };
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function membersOf(value: unknown): Members {
  return isObject(value) ? value : {};
}

function listIn(document: Members, name: string): readonly Members[] {
  const list = document[name];
  return Array.isArray(list) ? list.map(membersOf) : [];
}

/** Shops write numbers of things as texts or as numbers, and leave texts empty where nothing is meant. */
function readText(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

function readMoney(value: unknown, currency: Currency): Money | null {
  const amount = readUnits(value);
  return amount === undefined ? null : { amount, currency };
}

function readQuantity(value: unknown): bigint | null {
  const quantity = readUnits(value);
  return quantity === undefined || quantity < 0n ? null : quantity;
}

/** Other doors also take a rate alone, as a number or a text, and one reason more. */
function readStake(value: unknown): TaxStake | null {
  const word = `${value}`.startsWith('TAX_') ? `${value}` : `TAX_${value}`;
  return Object.hasOwn(taxStakes, word) ? (word as TaxStake) : null;
}
