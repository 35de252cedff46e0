import { captureTransaction } from '../../payments/capture-transaction.ts';
import { voidTransaction } from '../../payments/void-transaction.ts';
import { endpoint } from './endpoint.ts';
import * as examples from './example-answers.ts';
import * as fields from './fields.ts';
import { findSale } from './read-transaction.ts';
import * as wire from './wire-schemas.ts';
import { saleObject } from './wire-transaction.ts';

/** `POST /transaction/{id}/capture`: takes all authorised money that is left (imoje protocol, section 5.3). */
export const captureEndpoint = endpoint(
  {
    method: 'post',
    path: '/transaction/:transactionId/capture',
    moves: 'captureTransaction',
    about: {
      ...{ operationId: 'captureTransaction', section: 'transactions' },
      summary: 'Takes all authorised money that is left.',
      answers: wire.movedAnswer,
      refuses: ['NOT_CAPTURABLE', 'IDEMPOTENCY_KEY_REUSED'],
      example: { answer: examples.exampleMoved },
    },
  },
  fields.noBody,
  async ({ deps, actor, params, idempotencyKey }) => {
    const { transaction } = await captureTransaction(deps.payments, actor, {
      transactionId: params.transactionId ?? '',
      idempotencyKey,
    });
    return { transaction: saleObject(await findSale(deps, actor, transaction.id)) };
  },
);

/** `POST /transaction/{id}/void`: releases all authorised money that is left (imoje protocol, section 5.3). */
export const voidEndpoint = endpoint(
  {
    method: 'post',
    path: '/transaction/:transactionId/void',
    moves: 'voidTransaction',
    about: {
      ...{ operationId: 'voidTransaction', section: 'transactions' },
      summary: 'Releases all authorised money that is left.',
      answers: wire.movedAnswer,
      refuses: ['NOT_VOIDABLE', 'IDEMPOTENCY_KEY_REUSED'],
      example: { answer: examples.exampleMoved },
    },
  },
  fields.noBody,
  async ({ deps, actor, params, idempotencyKey }) => {
    const { transaction } = await voidTransaction(deps.payments, actor, {
      transactionId: params.transactionId ?? '',
      idempotencyKey,
    });
    return { transaction: saleObject(await findSale(deps, actor, transaction.id)) };
  },
);
