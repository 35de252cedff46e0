import { builder } from '../../graphql/builder.ts';
import { refusableForOperator, resultUnion } from '../../graphql/refusable.ts';
import { inTransaction } from '../../kernel/db/database.ts';
import type { Payout } from '../../kernel/db/generated/prisma/client.ts';
import { parseId, withHyphens } from '../../kernel/ids.ts';
import { cancelPayout } from '../../payouts/cancel-payout.ts';
import { PayoutRef } from '../../payouts/graphql/payout.ts';
import { resumePayouts } from '../../payouts/resume-payouts.ts';

const CancelPayoutInput = builder.inputType('CancelPayoutInput', {
  description: 'A payout that is not to be sent.',
  fields: (t) => ({
    payoutId: t.id({ required: true, description: 'The payout; files for the bank print its id without dashes.' }),
    code: t.string({
      description:
        'Why, for whoever was to be paid: a return reason of ISO 20022 such as AC01, a wrong account number; MS03, not specified, if left out.',
    }),
    reason: t.string({ required: true, description: 'Why, for the audit log: 1 to 500 characters.' }),
  }),
});

const CancelPayoutSuccess = builder.objectRef<{ payout: Payout }>('CancelPayoutSuccess').implement({
  description: 'It is RETURNED, and its money is on the balance again.',
  fields: (t) => ({ payout: t.expose('payout', { type: PayoutRef, description: 'As it is now.' }) }),
});

builder.mutationField('cancelPayout', (t) =>
  t.field({
    type: resultUnion('CancelPayout', CancelPayoutSuccess),
    description:
      'Takes a payout out that is SCHEDULED, one for which the bank refuses every file it is in: it is RETURNED without having been sent. Said again, it changes nothing. Operators only. Refusals: NOT_FOUND, INVALID_INPUT, WRONG_STATE (it is sent, or a movement of a bank names it).',
    args: { input: t.arg({ type: CancelPayoutInput, required: true, description: 'The payout.' }) },
    resolve: (_, { input: { payoutId, code, reason } }, context) =>
      refusableForOperator(context, async (operator) => {
        const { database, clock } = context.app.payments;
        const wish = {
          ...{ payoutId: parsePayoutId(payoutId), reason },
          code: code ?? undefined,
        };
        return { payout: await inTransaction(database, (tx) => cancelPayout(tx, { clock, operator }, wish)) };
      }),
  }),
);

/** Files of the bank print ids without hyphens. */
function parsePayoutId(given: string): string {
  return parseId(withHyphens(given) ?? given, 'payout', ['payoutId']);
}

const ResumePayoutsInput = builder.inputType('ResumePayoutsInput', {
  description: 'An account that is paid to again.',
  fields: (t) => ({
    payoutId: t.id({ required: true, description: 'A payout that came back from it; the last one will do.' }),
    reason: t.string({ required: true, description: 'Why, for the audit log: 1 to 500 characters.' }),
  }),
});

const ResumePayoutsSuccess = builder.objectRef<{ payout: Payout }>('ResumePayoutsSuccess').implement({
  description: 'The next run pays to the account again.',
  fields: (t) => ({ payout: t.expose('payout', { type: PayoutRef, description: 'As it is now.' }) }),
});

builder.mutationField('resumePayouts', (t) =>
  t.field({
    type: resultUnion('ResumePayouts', ResumePayoutsSuccess),
    description:
      'Lets an account be paid to again from which payouts came back, though it has not changed; one that comes back after that holds it anew. Said again, it changes nothing. Operators only. Refusals: NOT_FOUND, INVALID_INPUT, WRONG_STATE (the payout has not come back, or a movement of a bank names one that did).',
    args: { input: t.arg({ type: ResumePayoutsInput, required: true, description: 'The account.' }) },
    resolve: (_, { input: { payoutId, reason } }, context) =>
      refusableForOperator(context, async (operator) => {
        const { database, clock } = context.app.payments;
        const wish = { payoutId: parsePayoutId(payoutId), reason };
        return { payout: await inTransaction(database, (tx) => resumePayouts(tx, { clock, operator }, wish)) };
      }),
  }),
);
