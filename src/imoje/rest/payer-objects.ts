import type { Payment } from '../../kernel/db/generated/prisma/client.ts';

/** A document of a payment, as its form or call was checked and kept. */
type KeptAddress = Readonly<Record<string, string>>;

/**
 * Writes who pays, and his addresses as the shop gave them (imoje protocol, section 5.2). A client demands of each a first
 * name, a last name and an e-mail address; of an address that has none, or was not given at all, these are the payer's.
 */
export function payerObjects(payment: Payment): object {
  const { customerFirstName: firstName, customerLastName: lastName } = payment;
  const email = payment.customerEmail ?? '';
  const { billing, shipping } = (payment.documents ?? {}) as {
    readonly billing?: KeptAddress;
    readonly shipping?: KeptAddress;
  };
  return {
    customer: { firstName, lastName, email, phone: payment.customerPhone ?? '' },
    billing: { firstName, lastName, email, ...billing },
    shipping: { firstName, lastName, email, ...shipping },
  };
}
