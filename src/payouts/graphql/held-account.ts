import { PayoutAccountRef } from '../../contracts/graphql/contract.ts';
import { builder } from '../../graphql/builder.ts';
import { actorWith } from '../../graphql/context.ts';
import { visiblePayouts } from '../store.ts';
import { PayoutRef } from './payout.ts';

builder.prismaObjectField(PayoutAccountRef, 'heldBy', (t) =>
  t.prismaField({
    type: PayoutRef,
    nullable: true,
    description:
      'The last payout that came back from it, for which payouts to it wait until you name another account or an operator lets them go on; null: they do not wait, the account is no longer in force, or what came back is of another shop than the one the key is bound to. Scope: payouts:read.',
    resolve: (query, { currency, iban, validUntil }, _, context) => {
      const where = { AND: visiblePayouts(actorWith(context, 'payouts:read')), currency, iban };
      if (validUntil !== null) return null;
      return context.app.payments.database.prisma.payout.findFirst({
        ...{ ...query, where: { ...where, status: 'RETURNED', resumedAt: null } },
        orderBy: [{ returnedAt: 'desc' }, { id: 'asc' }],
      });
    },
  }),
);
