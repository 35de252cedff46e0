import type { Payment } from '../kernel/db/generated/prisma/client.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { parseText, refuseCardNumber } from '../kernel/text.ts';

/** The payer as the shop knows him. */
export type Customer = {
  readonly firstName: string;
  readonly lastName: string;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly company?: string | undefined;
  readonly taxId?: string | undefined;
};

type CustomerColumns = Pick<
  Payment,
  'customerFirstName' | 'customerLastName' | 'customerEmail' | 'customerPhone' | 'customerCompany' | 'customerTaxId'
>;

/** One @, no spaces, a dot in the domain; non-ASCII letters are good (RFC 6531). */
const emailPattern = /^[^\s@\p{Cc}]{1,64}@[^\s@.\p{Cc}]+(\.[^\s@.\p{Cc}]+)+$/u;
const phonePattern = /^[-+0-9 ]{1,20}$/;

/**
 * Takes the payer's data; lengths as in the imoje protocol, section 1.
 * @throws InvalidInput naming the field.
 */
export function parseCustomer(customer: Customer): CustomerColumns {
  const { email, phone, company, taxId } = customer;
  if (email !== undefined && (email.length > 200 || !emailPattern.test(email))) {
    throw new InvalidInput('email must be an e-mail address of at most 200 characters.', ['customer', 'email']);
  }
  if (phone !== undefined && !phonePattern.test(phone)) {
    throw new InvalidInput('phone must have 1 to 20 digits, spaces, plus and minus signs.', ['customer', 'phone']);
  }
  for (const [name, text] of Object.entries({ email, phone })) refuseCardNumber(text, ['customer', name]);
  const parse = (text: string, name: string, max: number): string => parseText(text, ['customer', name], { max });
  return {
    customerFirstName: parse(customer.firstName, 'firstName', 100),
    customerLastName: parse(customer.lastName, 'lastName', 100),
    customerEmail: email ?? null,
    customerPhone: phone ?? null,
    customerCompany: company === undefined ? null : parse(company, 'company', 200),
    customerTaxId: taxId === undefined ? null : parse(taxId, 'taxId', 30),
  };
}
