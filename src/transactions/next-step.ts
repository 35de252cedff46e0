import type { Redirect } from '../acquirers/port.ts';
import type { Prisma, Transaction } from '../kernel/db/generated/prisma/client.ts';

/** Writes the page that a payer has to go to as a transaction keeps it. */
export function toNextStep({ url, httpMethod, fields }: Redirect): Prisma.JsonObject {
  return { url, httpMethod, fields: fields.map(({ name, value }) => ({ name, value })) };
}

/** The page that the payer has to go to so that an attempt goes on; undefined when there is none, or it is over. */
export function nextStepOf({ status, nextStep }: Pick<Transaction, 'status' | 'nextStep'>): Redirect | undefined {
  const waits = status === 'NEW' || status === 'PENDING' || status === 'UNKNOWN';
  return waits && nextStep !== null ? (nextStep as unknown as Redirect) : undefined;
}
