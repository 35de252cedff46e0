import { builder } from '../../graphql/builder.ts';
import { refusable, resultUnion } from '../../graphql/refusable.ts';
import { withoutNulls } from '../../graphql/without-nulls.ts';
import { CaptureRef, TransactionRef } from '../../transactions/graphql.ts';
import { captureTransaction } from '../capture-transaction.ts';
import type { OrderedCapture } from '../decide-capture.ts';

const CaptureTransactionInput = builder.inputType('CaptureTransactionInput', {
  description: 'Which authorised money is to be taken.',
  fields: (t) => ({
    transactionId: t.id({ required: true, description: 'An AUTHORIZED transaction.' }),
    idempotencyKey: t.string({
      required: true,
      description: '1 to 255 characters, unique per shop: the same key and input give the same capture.',
    }),
    amount: t.field({
      type: 'MinorUnits',
      description: 'Minor units: 1 to what is capturable; left out, all of it.',
    }),
  }),
});

const CaptureTransactionSuccess = builder.objectRef<OrderedCapture>('CaptureTransactionSuccess').implement({
  description: 'The capture is ordered. One that the acquirer refuses is an answer too: its status is REJECTED.',
  fields: (t) => ({
    capture: t.expose('capture', { type: CaptureRef, description: 'The capture in its present state.' }),
    transaction: t.expose('transaction', {
      type: TransactionRef,
      description: 'The transaction in its present state.',
    }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with this key had ordered it.' }),
  }),
});

builder.mutationField('captureTransaction', (t) =>
  t.field({
    type: resultUnion('CaptureTransaction', CaptureTransactionSuccess),
    description:
      'Takes authorised money: all, a part, or several parts up to the authorised amount. Scope: payments:write. Refusals: INVALID_INPUT, NOT_FOUND, NOT_CAPTURABLE, AMOUNT_OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED.',
    args: { input: t.arg({ type: CaptureTransactionInput, required: true, description: 'What to take.' }) },
    resolve: (_, { input }, context) => {
      const evidence = { idempotencyKey: input.idempotencyKey, subject: input.transactionId };
      return refusable(context, { operation: 'captureTransaction', scope: 'payments:write', evidence }, (actor) =>
        captureTransaction(context.app.payments, actor, withoutNulls(input)),
      );
    },
  }),
);
