import type { Actor } from '../../auth/actor.ts';
import type { HttpDeps } from '../../http/deps.ts';
import { inTransaction } from '../../kernel/db/database.ts';
import type { Refund } from '../../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../../kernel/errors.ts';
import { isUuid } from '../../kernel/ids.ts';
import { findVisiblePayment } from '../../payments/find-payment.ts';
import { readCommissions } from '../../pricing/store.ts';
import { readProfiles } from '../../profiles/store.ts';
import { readRefunds, readRefundsOf } from '../../refunds/store.ts';
import { findVisibleTransaction } from '../../transactions/find-transaction.ts';
import { findNewestStatus } from '../../transactions/store.ts';
import { endpoint } from './endpoint.ts';
import * as examples from './example-answers.ts';
import * as fields from './fields.ts';
import { payerObjects } from './payer-objects.ts';
import * as wire from './wire-schemas.ts';
import { actionOf, blikNumberOf, refundObject, type Sale, saleObject } from './wire-transaction.ts';

/**
 * `GET /transaction/{id}`: an attempt with its refunds (imoje protocol, section 5.2), or a refund, which is a transaction to
 * imoje as well: shops look up the one that a notification tells of before they believe it.
 */
export const readTransactionEndpoint = endpoint(
  {
    method: 'get',
    path: '/transaction/:transactionId',
    about: {
      ...{ operationId: 'readTransaction', section: 'transactions' },
      summary: 'Reads an attempt to pay, with its refunds.',
      answers: wire.readAnswer,
      refuses: [],
      example: { answer: examples.exampleRead },
    },
  },
  fields.noBody,
  async ({ deps, actor, params }) => {
    const { transactionId = '' } = params;
    try {
      return await readSale(deps, await findSale(deps, actor, transactionId));
    } catch (error) {
      const refund = error instanceof NotFound ? await findRefund(deps, transactionId) : undefined;
      if (!refund) throw error;
      return { transaction: refundObject(refund, await findSale(deps, actor, refund.transactionId)) };
    }
  },
);

async function readSale({ payments: { database, publicUrl } }: HttpDeps, sale: Sale): Promise<object> {
  const { payment, transaction } = sale;
  const refunds = await readRefundsOf(database, transaction.id);
  const [commission] = await readCommissions(database, [transaction.id]);
  const action = actionOf(transaction, publicUrl);
  return {
    transaction: {
      ...saleObject(sale),
      ...blikNumberOf(transaction),
      refunds: refunds.map((refund) => ({ transaction: refundObject(refund, sale) })),
      ...(commission === undefined ? {} : { fee: { merchant: Number(commission.amount), surcharge: 0 } }),
      paidAmount: Number(transaction.settledAmount),
      ...payerObjects(payment),
    },
    ...(action && { action }),
  };
}

/** Whether its reader may see it is for `findSale` to say, since a refund belongs to whom its sale belongs. */
async function findRefund({ payments: { database } }: HttpDeps, refundId: string): Promise<Refund | undefined> {
  const id = refundId.toLowerCase();
  return isUuid(id) ? (await inTransaction(database, (tx) => readRefunds(tx, [id])))[0] : undefined;
}

/**
 * Finds the sale of which money is to go back.
 * @throws NotFound, which says so when the id is that of a refund.
 */
export async function findRefundableSale(deps: HttpDeps, actor: Actor, transactionId: string): Promise<Sale> {
  try {
    return await findSale(deps, actor, transactionId);
  } catch (error) {
    const refund = error instanceof NotFound ? await findRefund(deps, transactionId) : undefined;
    if (!refund) throw error;
    await findSale(deps, actor, refund.transactionId);
    const sentence = 'This is the id of a refund; give that of the sale whose money is to go back.';
    throw new NotFound(sentence, ['transactionId']);
  }
}

/** Finds an attempt with its payment, its shop and the instrument that it charged or stored. @throws NotFound. */
export async function findSale(deps: HttpDeps, actor: Actor, transactionId: string): Promise<Sale> {
  const { transaction, shop } = await findVisibleTransaction(deps.payments, actor, transactionId);
  const { payment } = await findVisiblePayment(deps.payments, actor, { id: transaction.paymentId, field: 'paymentId' });
  const { profileId } = transaction;
  const [profile] =
    profileId === null ? [] : await inTransaction(deps.payments.database, (tx) => readProfiles(tx, [profileId]));
  const last = await findNewestStatus(deps.payments.database, payment.id);
  return { transaction, payment, shop, last, profile };
}
