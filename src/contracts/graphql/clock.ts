import { requireWholeMerchant } from '../../auth/actor.ts';
import { MerchantRef } from '../../auth/graphql.ts';
import { builder } from '../../graphql/builder.ts';
import type { GraphContext } from '../../graphql/context.ts';
import { answering, refusable, resultUnion } from '../../graphql/refusable.ts';
import { inTransaction } from '../../kernel/db/database.ts';
import { type AdvancedClock, advanceClock } from '../advance-clock.ts';
import { clockDaysMax } from '../model.ts';
import { type Applicant, requireApplicant } from '../require-applicant.ts';

builder.prismaObjectField(MerchantRef, 'clock', (t) =>
  t.field({
    type: 'DateTime',
    description: 'What time it is for this merchant. The sandbox lets you move it (`advanceClock`).',
    resolve: ({ clockOffsetMs }, _, context) =>
      context.app.contracts.clock.now({ clockOffsetMs: Number(clockOffsetMs) }),
  }),
);

const what =
  'the sandbox moves it forward to that moment, and all that is due by then is done, as if time had passed at once. ' +
  'A clock that shows it or a later moment already stays as it is. What was due at a time that is jumped over is done late: ' +
  'a payout goes to the bank with the next session, so stop at its `sendAt`, then at its `expectedAt`.';
const refusals = `FORBIDDEN (in production), INVALID_INPUT (more than ${clockDaysMax} days ahead of the real time)`;
const until = `The moment, at most ${clockDaysMax} days ahead of the real time.`;

const AdvanceClockInput = builder.inputType('AdvanceClockInput', {
  description: 'What your clock is to show.',
  fields: (t) => ({ until: t.field({ type: 'DateTime', required: true, description: until }) }),
});

const successOf = (name: string) =>
  builder.objectRef<AdvancedClock>(name).implement({
    description: 'The clock shows the moment, or a later one.',
    fields: (t) => ({
      clock: t.expose('clock', { type: 'DateTime', description: 'What it shows now.' }),
      advanced: t.exposeBoolean('advanced', { description: 'False: it showed that or a later moment before.' }),
    }),
  });

builder.mutationField('advanceClock', (t) =>
  t.field({
    type: resultUnion('AdvanceClock', successOf('AdvanceClockSuccess')),
    description:
      `Moves the clock of your merchant: ${what} Scope: contract:write. The key must be good for the whole merchant. ` +
      `Refusals: ${refusals}.`,
    args: { input: t.arg({ type: AdvanceClockInput, required: true, description: 'To when.' }) },
    resolve: (_, { input }, context) =>
      refusable(context, { operation: 'advanceClock', scope: 'contract:write' }, (actor) => {
        requireWholeMerchant(actor, 'contract:write');
        return advance(context, { merchantId: actor.merchantId, by: `key:${actor.keyId}`, until: input.until });
      }),
  }),
);

const AdvanceApplicationClockInput = builder.inputType('AdvanceApplicationClockInput', {
  description: 'Which application, and what its clock is to show.',
  fields: (t) => ({
    merchantId: t.string({ required: true, description: 'As `applyForContract` gave it.' }),
    secret: t.string({ required: true, description: 'As `applyForContract` gave it.' }),
    until: t.field({ type: 'DateTime', required: true, description: until }),
  }),
});

builder.mutationField('advanceApplicationClock', (t) =>
  t.field({
    type: resultUnion('AdvanceApplicationClock', successOf('AdvanceApplicationClockSuccess')),
    description:
      `Moves the clock of an applicant, who has no key yet: ${what} ` +
      `Needs no key. Refusals: NOT_FOUND, ${refusals}.`,
    args: { input: t.arg({ type: AdvanceApplicationClockInput, required: true, description: 'Whose, and to when.' }) },
    resolve: (_, { input }, context) =>
      answering(context, () => advance(context, { ...input, by: 'applicant' }, input)),
  }),
);

/** Moves a clock, for an applicant after he has shown his secret, and forgets here what knows the time before. */
async function advance(
  { app: { contracts, authenticator } }: GraphContext,
  wish: Parameters<typeof advanceClock>[2],
  applicant?: Applicant,
): Promise<AdvancedClock> {
  const done = await inTransaction(contracts.database, async (tx) => {
    if (applicant) await requireApplicant(tx, applicant);
    return advanceClock(tx, contracts, wish);
  });
  for (const shopId of done.shopIds) contracts.shops.forget(shopId);
  if (wish.by.startsWith('key:')) authenticator.forget(wish.by.slice('key:'.length));
  return done;
}
