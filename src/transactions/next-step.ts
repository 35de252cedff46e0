import type { Redirect } from '../acquirers/port.ts';
import type { Prisma, Transaction } from '../kernel/db/generated/prisma/client.ts';

/** What a payer has to know to pay by a transfer of his own. */
export type Transfer = {
  /** The account number (NRB): 26 digits. */
  readonly account: string;
  /** Whom he names as the recipient. */
  readonly recipient: string;
  readonly title: string;
};

type Waiting = Pick<Transaction, 'status' | 'nextStep'>;

/** Writes the page that a payer has to go to as a transaction keeps it. */
export function toNextStep({ url, httpMethod, fields }: Redirect): Prisma.JsonObject {
  return { url, httpMethod, fields: fields.map(({ name, value }) => ({ name, value })) };
}

/** Writes what a payer needs for his transfer as a transaction keeps it. */
export function toTransferStep({ account, recipient, title }: Transfer): Prisma.JsonObject {
  return { account, recipient, title };
}

/** The page that the payer has to go to so that an attempt goes on; undefined when there is none, or it is over. */
export function nextStepOf(attempt: Waiting): Redirect | undefined {
  const step = stepOf(attempt);
  return step && 'url' in step ? step : undefined;
}

/** The transfer that an attempt waits for; undefined when it waits for none, or it is over. */
export function transferOf(attempt: Waiting): Transfer | undefined {
  const step = stepOf(attempt);
  return step && 'account' in step ? step : undefined;
}

function stepOf({ status, nextStep }: Waiting): Redirect | Transfer | undefined {
  const waits = status === 'NEW' || status === 'PENDING' || status === 'UNKNOWN';
  return waits && nextStep !== null ? (nextStep as unknown as Redirect | Transfer) : undefined;
}
