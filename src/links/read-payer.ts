import { holdsCardNumber } from '../kernel/card-numbers.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { type Customer, parseCustomer } from '../payments/parse-customer.ts';

/** What a payer is asked for by a link whose template names none. */
export type PayerField = 'firstName' | 'lastName' | 'email';

/** Fields in the order in which they are asked for. */
export const payerFields: readonly PayerField[] = ['firstName', 'lastName', 'email'];

/** What is wrong with a field, and what may be shown again of all. */
export type PayerProblems = {
  readonly problems: readonly { readonly field: PayerField; readonly code: 'MISSING' | 'INVALID' }[];
  readonly kept: Readonly<Record<PayerField, string>>;
};

/** Reads who pays out of the form of a link, or gives all that is wrong with it. */
export function readPayer(form: URLSearchParams): Customer | PayerProblems {
  const typed = (field: PayerField): string => (form.get(field) ?? '').trim();
  const customer = { firstName: typed('firstName'), lastName: typed('lastName'), email: typed('email') };
  const problems = payerFields.flatMap((field): PayerProblems['problems'] => {
    if (customer[field] === '') return [{ field, code: 'MISSING' }];
    return isGood(field, customer[field]) ? [] : [{ field, code: 'INVALID' }];
  });
  if (problems.length === 0) return customer;
  const kept = Object.fromEntries(payerFields.map((field) => [field, harmless(customer[field])]));
  return { problems, kept: kept as Record<PayerField, string> };
}

/** A field is judged as if the others were good, so that the payer hears of everything at once. */
function isGood(field: PayerField, text: string): boolean {
  try {
    parseCustomer({ firstName: 'Jan', lastName: 'Kowalski', [field]: text });
    return true;
  } catch (error) {
    if (error instanceof InvalidInput) return false;
    throw error;
  }
}

/** What may be shown again of a field: nothing, when a card number was put into it. */
function harmless(text: string): string {
  return text.length > 300 || holdsCardNumber(text) ? '' : text;
}
