import { z } from 'zod';
import { captureTransaction } from '../../payments/capture-transaction.ts';
import { voidTransaction } from '../../payments/void-transaction.ts';
import { endpoint } from './endpoint.ts';
import { findSale } from './read-transaction.ts';
import { saleObject } from './wire-transaction.ts';

/** `POST /transaction/{id}/capture`: takes all authorised money that is left (imoje protocol, section 5.3). */
export const captureEndpoint = endpoint(
  { method: 'post', path: '/transaction/:transactionId/capture', moves: 'captureTransaction' },
  z.unknown(),
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
  { method: 'post', path: '/transaction/:transactionId/void', moves: 'voidTransaction' },
  z.unknown(),
  async ({ deps, actor, params, idempotencyKey }) => {
    const { transaction } = await voidTransaction(deps.payments, actor, {
      transactionId: params.transactionId ?? '',
      idempotencyKey,
    });
    return { transaction: saleObject(await findSale(deps, actor, transaction.id)) };
  },
);
