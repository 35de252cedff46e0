import { z } from 'zod';
import { NotFound } from '../../kernel/errors.ts';
import { checkRefund } from '../../refunds/check-refund.ts';
import { createRefund } from '../../refunds/create-refund.ts';
import { unlessMissing } from '../wire-text.ts';
import { endpoint } from './endpoint.ts';
import * as examples from './example-answers.ts';
import * as fields from './fields.ts';
import { findRefundableSale } from './read-transaction.ts';
import * as wire from './wire-schemas.ts';
import { refundObject } from './wire-transaction.ts';

const refundSchema = z.object({
  type: z.literal('refund', unlessMissing('Must be "refund".')),
  serviceId: fields.serviceId,
  amount: fields.amount,
  title: fields.optional(fields.wireText(255)),
});

/** `POST /transaction/{id}/refund`: gives back all or a part of a settled attempt (imoje protocol, section 7). */
export const refundEndpoint = endpoint(
  {
    method: 'post',
    path: '/transaction/:transactionId/refund',
    moves: 'createRefund',
    about: {
      ...{ operationId: 'createRefund', section: 'refunds' },
      summary: 'Gives back all or a part of a settled attempt.',
      answers: wire.refundAnswer,
      refuses: [
        'TRANSACTION_NOT_SETTLED',
        'REFUND_EXCEEDS_AMOUNT',
        'REFUND_WINDOW_CLOSED',
        'BALANCE_TOO_LOW',
        'METHOD_NOT_AVAILABLE',
        'IDEMPOTENCY_KEY_REUSED',
      ],
      example: {
        body: { type: 'refund', serviceId: examples.exampleServiceId, amount: 234, title: 'Zwrot' },
        answer: examples.exampleRefund,
      },
    },
  },
  refundSchema,
  async ({ deps, actor, params, body, idempotencyKey }) => {
    const sale = await findRefundableSale(deps, actor, params.transactionId ?? '');
    if (sale.shop.id !== body.serviceId)
      throw new NotFound('No transaction with this id belongs to this shop.', ['serviceId']);
    const { amount, title: reason } = body;
    const wish = { transactionId: sale.transaction.id, idempotencyKey, amount, reason };
    const { refund } = await createRefund(deps.refunds, actor, wish);
    return { transaction: refundObject(refund, sale) };
  },
);

/** `POST /transaction/{id}/can-refund`: whether an amount could be given back now (imoje protocol, section 7). */
export const canRefundEndpoint = endpoint(
  {
    method: 'post',
    path: '/transaction/:transactionId/can-refund',
    about: {
      ...{ operationId: 'canRefund', section: 'refunds' },
      summary: 'Says whether an amount could be given back now.',
      answers: wire.canRefundAnswer,
      refuses: [],
      example: { body: { amount: 234 }, answer: examples.exampleCanRefund },
    },
  },
  z.object({ amount: fields.amount }),
  async ({ deps, actor, params, body }) => {
    const { transaction: sale } = await findRefundableSale(deps, actor, params.transactionId ?? '');
    const wish = { transactionId: sale.id, amount: body.amount };
    const { transaction, refusal, left } = await checkRefund(deps.refunds, actor, wish);
    return {
      id: transaction.id,
      refundable: refusal === undefined,
      balance: refusal?.code !== 'BALANCE_TOO_LOW',
      fullRefund: Number(left),
      partialRefund: { maxRefundAmount: Number(left), minRefundAmount: left > 0n ? 1 : 0 },
    };
  },
);
