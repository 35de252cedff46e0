import { builder } from '../../graphql/builder.ts';
import { pageSizeMax } from '../../graphql/connection-arguments.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import { MoneyRef } from '../../graphql/money.ts';
import type { Currency } from '../../kernel/db/generated/prisma/enums.ts';
import { InvalidInput } from '../../kernel/errors.ts';
import { RefundRef } from '../../refunds/graphql.ts';
import { TransactionRef } from '../../transactions/graphql.ts';
import type { Movement, MovementKind } from '../sql/read-movements.ts';
import { PayoutRef } from './payout.ts';

const MovementKindEnum = builder.enumType('PayoutMovementKind', {
  description: 'What a part of a payout is.',
  values: describeValues<MovementKind>({
    SALE: 'Money that was taken: of a transaction, or of one of its captures.',
    REFUND: 'A refund that was ordered.',
    REFUND_REJECTED: 'A refund that was refused: the money came back.',
    PAYOUT_RETURNED: 'An earlier payout that came back, or was cancelled.',
    PAYOUT_REINSTATED: 'An earlier payout that was cancelled, and that the bank executed all the same: below zero.',
    COMMISSION: 'The commission of a transaction; above zero when some is given back.',
    CARRIED_IN: 'What the payout before had left.',
    CARRIED_OUT: 'What is left for the next one.',
  }),
});

type ShownMovement = Movement & { readonly currency: Currency };

const MovementRef = builder.objectRef<ShownMovement>('PayoutMovement').implement({
  description: 'A part of a payout. The amounts of all parts sum to its net.',
  fields: (t) => ({
    kind: t.expose('kind', { type: MovementKindEnum, description: 'What it is.' }),
    amount: t.field({ type: MoneyRef, description: 'Below zero for what is taken.', resolve: (movement) => movement }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was booked.' }),
    transaction: t.field({
      type: TransactionRef,
      nullable: true,
      description: 'Of which transaction.',
      resolve: ({ transactionId }, _, { loaders }) =>
        transactionId === null ? null : loaders.transaction.load(transactionId),
    }),
    refund: t.field({
      type: RefundRef,
      nullable: true,
      description: 'Of which refund.',
      resolve: ({ refundId }, _, { loaders }) => (refundId === null ? null : loaders.refund.load(refundId)),
    }),
    returnedPayout: t.field({
      type: PayoutRef,
      nullable: true,
      description: 'Which payout came back, or turned out to be executed.',
      resolve: ({ payoutId }, _, { loaders }) => (payoutId === null ? null : loaders.payout.load(payoutId)),
    }),
  }),
});

type MovementPage = {
  readonly movements: readonly ShownMovement[];
  readonly hasPreviousPage: boolean;
  readonly hasNextPage: boolean;
};

const cursorOf = ({ source, number }: Movement): string => Buffer.from(`PM:${source}:${number}`).toString('base64url');

function placeOf(cursor: string): { readonly source: number; readonly number: bigint } {
  const [, source, number] = /^PM:([0-3]):(\d{1,18})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (source === undefined || number === undefined) {
    throw new InvalidInput('after is not a cursor of this list; take one from pageInfo or an edge.', ['after']);
  }
  return { source: Number(source), number: BigInt(number) };
}

const MovementEdge = builder.objectRef<ShownMovement>('PayoutMovementEdge').implement({
  description: 'A part of a payout and its place in the list.',
  fields: (t) => ({
    cursor: t.string({ description: 'Give it as `after` to go on behind this part.', resolve: cursorOf }),
    node: t.field({ type: MovementRef, description: 'The part.', resolve: (movement) => movement }),
  }),
});

const MovementConnection = builder.objectRef<MovementPage>('PayoutMovementConnection').implement({
  description: 'A page of the parts of a payout: first what was booked, then commissions, then what is carried.',
  fields: (t) => ({
    edges: t.field({ type: [MovementEdge], description: 'The parts.', resolve: (page) => [...page.movements] }),
    pageInfo: t.field({
      type: builder.pageInfoRef(),
      description: 'Whether there is more.',
      resolve: ({ movements: [first], movements, hasNextPage, hasPreviousPage }) => {
        const last = movements.at(-1);
        const startCursor = first ? cursorOf(first) : null;
        return { hasNextPage, hasPreviousPage, startCursor, endCursor: last ? cursorOf(last) : null };
      },
    }),
  }),
});

builder.prismaObjectField(PayoutRef, 'movements', (t) =>
  t.field({
    type: MovementConnection,
    description: 'What it is made of; all amounts sum to its net. Refusals: INVALID_INPUT.',
    args: {
      after: t.arg.string({ description: 'Parts behind this one.' }),
      first: t.arg.int({ description: 'How many: 0 to 100, 20 if left out.' }),
    },
    resolve: async (payout, { after, first }, context): Promise<MovementPage> => {
      const size = first ?? 20;
      if (size < 0 || size > pageSizeMax) {
        throw new InvalidInput(`first must be 0 to ${pageSizeMax}, not ${size}; read further with the cursor.`, [
          'first',
        ]);
      }
      const place = typeof after === 'string' ? placeOf(after) : { source: 0, number: 0n };
      const found = await context.loaders.movements.load({ payout, ...place, limit: size + 1 });
      const { currency } = payout;
      const movements = found.slice(0, size).map((movement) => ({ ...movement, currency }));
      return { movements, hasNextPage: found.length > size, hasPreviousPage: typeof after === 'string' };
    },
  }),
);
