import type { Redirect } from '../acquirers/port.ts';
import type { Prisma, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { TransactionStatus } from '../kernel/db/generated/prisma/enums.ts';

/** What a payer has to know to pay by a transfer of his own. */
export type Transfer = {
  /** The account number (NRB): 26 digits. */
  readonly account: string;
  /** Whom he names as the recipient. */
  readonly recipient: string;
  readonly title: string;
};

type Waiting = Pick<Transaction, 'status' | 'reason' | 'nextStep'>;

/** Writes the page that a payer has to go to as a transaction keeps it. */
export function toNextStep({ url, httpMethod, fields }: Redirect): Prisma.JsonObject {
  return { url, httpMethod, fields: fields.map(({ name, value }) => ({ name, value })) };
}

/** Writes what a payer needs for his transfer as a transaction keeps it. */
export function toTransferStep({ account, recipient, title }: Transfer): Prisma.JsonObject {
  return { account, recipient, title };
}

/** The page that the payer has to go to so that an attempt goes on; undefined when there is none, or nothing is awaited of him. */
export function nextStepOf(attempt: Waiting): Redirect | undefined {
  const step = stepOf(attempt);
  return step && 'url' in step ? step : undefined;
}

/** The transfer that an attempt waits for; undefined when it waits for none. */
export function transferOf(attempt: Waiting): Transfer | undefined {
  const step = stepOf(attempt);
  return step && 'account' in step ? step : undefined;
}

/**
 * Says whether an attempt waits for what its payer has to do: it is not over, whether or not its acquirer answers, and no money
 * came for it. Money of another amount is held, and he who sent it must not pay again.
 */
export function awaitsPayer(attempt: { readonly status: TransactionStatus; readonly reason?: string | null }): boolean {
  const { status, reason } = attempt;
  const isOpen = status === 'NEW' || status === 'PENDING' || status === 'UNKNOWN';
  return isOpen && reason !== 'AMOUNT_MISMATCH';
}

function stepOf({ nextStep, ...attempt }: Waiting): Redirect | Transfer | undefined {
  return awaitsPayer(attempt) && nextStep !== null ? (nextStep as unknown as Redirect | Transfer) : undefined;
}
