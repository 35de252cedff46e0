import { builder } from '../../graphql/builder.ts';
import { refusable, resultUnion } from '../../graphql/refusable.ts';
import { TransactionRef, VoidRef } from '../../transactions/graphql.ts';
import type { OrderedVoid } from '../decide-void.ts';
import { voidTransaction } from '../void-transaction.ts';

const VoidTransactionInput = builder.inputType('VoidTransactionInput', {
  description: 'Which authorised money is to be released.',
  fields: (t) => ({
    transactionId: t.id({ required: true, description: 'An AUTHORIZED transaction.' }),
    idempotencyKey: t.string({
      required: true,
      description: '1 to 255 characters, unique per shop: the same key and input give the same void.',
    }),
  }),
});

const VoidTransactionSuccess = builder.objectRef<OrderedVoid>('VoidTransactionSuccess').implement({
  description: 'The void is ordered. One that the acquirer refuses is an answer too: its status is REJECTED.',
  fields: (t) => ({
    void: t.expose('row', { type: VoidRef, description: 'The void in its present state.' }),
    transaction: t.expose('transaction', {
      type: TransactionRef,
      description: 'The transaction in its present state.',
    }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with this key had ordered it.' }),
  }),
});

builder.mutationField('voidTransaction', (t) =>
  t.field({
    type: resultUnion('VoidTransaction', VoidTransactionSuccess),
    description:
      'Releases all authorised money that is left, so that the payer has it again; what was captured stays. Scope: payments:write. Refusals: INVALID_INPUT, NOT_FOUND, NOT_VOIDABLE, IDEMPOTENCY_KEY_REUSED.',
    args: { input: t.arg({ type: VoidTransactionInput, required: true, description: 'What to release.' }) },
    resolve: (_, { input }, context) => {
      const evidence = { idempotencyKey: input.idempotencyKey, subject: input.transactionId };
      return refusable(context, { operation: 'voidTransaction', scope: 'payments:write', evidence }, (actor) =>
        voidTransaction(context.app.payments, actor, input),
      );
    },
  }),
);
