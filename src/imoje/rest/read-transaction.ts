import type { Actor } from '../../auth/actor.ts';
import type { HttpDeps } from '../../http/deps.ts';
import { findVisiblePayment } from '../../payments/find-payment.ts';
import { readCommission } from '../../pricing/store.ts';
import { readRefundsOf } from '../../refunds/store.ts';
import { findVisibleTransaction } from '../../transactions/find-transaction.ts';
import { endpoint } from './endpoint.ts';
import * as examples from './example-answers.ts';
import * as fields from './fields.ts';
import * as wire from './wire-schemas.ts';
import { actionOf, refundObject, type Sale, saleObject } from './wire-transaction.ts';

/** `GET /transaction/{id}`: an attempt with its refunds (imoje protocol, section 5.2). */
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
    const sale = await findSale(deps, actor, params.transactionId ?? '');
    const { payment, transaction } = sale;
    const { database } = deps.payments;
    const refunds = await readRefundsOf(database, transaction.id);
    const commission = await readCommission(database, transaction.id);
    const action = actionOf(transaction);
    return {
      transaction: {
        ...saleObject(sale),
        refunds: refunds.map((refund) => ({ transaction: refundObject(refund, sale) })),
        ...(commission === undefined ? {} : { fee: { merchant: Number(commission), surcharge: 0 } }),
        paidAmount: Number(transaction.settledAmount),
        customer: {
          firstName: payment.customerFirstName,
          lastName: payment.customerLastName,
          email: payment.customerEmail ?? '',
          phone: payment.customerPhone ?? '',
        },
      },
      ...(action && { action }),
    };
  },
);

/** Finds an attempt with its payment and shop. @throws NotFound. */
export async function findSale(deps: HttpDeps, actor: Actor, transactionId: string): Promise<Sale> {
  const { transaction, shop } = await findVisibleTransaction(deps.payments, actor, transactionId);
  const { payment } = await findVisiblePayment(deps.payments, actor, { id: transaction.paymentId, field: 'paymentId' });
  return { transaction, payment, shop };
}
