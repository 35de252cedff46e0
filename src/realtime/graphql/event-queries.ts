import { builder } from '../../graphql/builder.ts';
import { pageSizeMax } from '../../graphql/connection-arguments.ts';
import { type GraphContext, shopWith } from '../../graphql/context.ts';
import { choicesIn } from '../../kernel/choices.ts';
import type { Event } from '../../kernel/db/generated/prisma/client.ts';
import type { EventType } from '../../kernel/db/generated/prisma/enums.ts';
import { InvalidInput } from '../../kernel/errors.ts';
import { encodeCursor, parseCursor } from '../../kernel/events/cursor.ts';
import { readEvents, readEventsBehind, readLogEnds, readLogStart } from '../../kernel/events/read-events.ts';
import { PaymentRef } from '../../payments/graphql/payment.ts';
import { EventRef, EventTypeEnum } from './event.ts';

type EventPage = {
  readonly shopId: string;
  readonly events: readonly Event[];
  readonly hasPreviousPage: boolean;
  readonly hasNextPage: boolean;
};

const EventEdge = builder.objectRef<Event>('EventEdge').implement({
  description: 'An event and its place in the log.',
  fields: (t) => ({
    cursor: t.field({
      type: 'Cursor',
      description: 'The same cursor as the event has.',
      resolve: (event) => encodeCursor(event.shopId, event.number),
    }),
    node: t.field({ type: EventRef, description: 'The event.', resolve: (event) => event }),
  }),
});

const EventConnection = builder.objectRef<EventPage>('EventConnection').implement({
  description: 'A page of a log, oldest first. Its end cursor is good for the subscription `events(after:)` as well.',
  fields: (t) => ({
    edges: t.field({ type: [EventEdge], description: 'The events.', resolve: (page) => [...page.events] }),
    pageInfo: t.field({
      type: builder.pageInfoRef(),
      description: 'Whether there is more.',
      resolve: ({ events, hasNextPage, hasPreviousPage }) => {
        const cursorOf = (event: Event | undefined): string | null =>
          event ? encodeCursor(event.shopId, event.number) : null;
        return { hasNextPage, hasPreviousPage, startCursor: cursorOf(events[0]), endCursor: cursorOf(events.at(-1)) };
      },
    }),
    startOfLog: t.field({
      type: 'Cursor',
      description: 'Before the first event behind which all are kept: `events(after:)` gives all of the log from here.',
      resolve: async ({ shopId }, _, { app }) =>
        encodeCursor(shopId, await readLogStart(app.payments.database, shopId)),
    }),
    endOfLog: t.field({
      type: 'Cursor',
      description:
        'The end of the log at this moment, also of an empty one: `events(after:)` gives from here what comes later, and a break before the first event loses nothing.',
      resolve: async ({ shopId }, _, { app }) =>
        encodeCursor(shopId, (await readLogEnds(app.payments.database, shopId)).last),
    }),
  }),
});

type Ask = {
  readonly shopId: string;
  readonly after: string | null | undefined;
  readonly first: number | null | undefined;
  readonly last?: number | null | undefined;
  readonly types?: readonly EventType[] | undefined;
  readonly paymentId?: string | undefined;
};

async function readPage(context: GraphContext, ask: Ask): Promise<EventPage> {
  const { size, backwards } = sizeOf(ask);
  const { database } = context.app.payments;
  const after = typeof ask.after === 'string' ? parseCursor(ask.after, ask.shopId) : undefined;
  const { shopId, types, paymentId } = ask;
  const range = { shopId, after: after ?? 0n, limit: size + 1, types, paymentId, backwards };
  const events = await (after === undefined ? readEvents : readEventsBehind)(database, range);
  const isMore = events.length > size;
  const isBehind = after !== undefined && after > 0n;
  if (!backwards) return { shopId, events: events.slice(0, size), hasPreviousPage: isBehind, hasNextPage: isMore };
  return { shopId, events: events.slice(isMore ? 1 : 0), hasPreviousPage: isBehind || isMore, hasNextPage: false };
}

/** @throws InvalidInput for a size that is none, or two of them. */
function sizeOf({ first, last }: Ask): { readonly size: number; readonly backwards: boolean } {
  const isLast = typeof last === 'number';
  if (isLast && typeof first === 'number') throw new InvalidInput('Give either first or last, not both.', ['last']);
  const name = isLast ? 'last' : 'first';
  const size = (isLast ? last : first) ?? 20;
  if (size < 0 || size > pageSizeMax) {
    throw new InvalidInput(`${name} must be 0 to ${pageSizeMax}, not ${size}; read further with the cursor.`, [name]);
  }
  return { size, backwards: isLast };
}

builder.queryField('events', (t) =>
  t.field({
    type: EventConnection,
    description:
      'The log of one shop, oldest first. Scope: payments:read. Refusals: NOT_FOUND, INVALID_INPUT, CURSOR_INVALID, CURSOR_EXPIRED.',
    args: {
      shopId: t.arg.id({ required: true, description: 'The shop.' }),
      after: t.arg({ type: 'Cursor', description: 'Events behind this one.' }),
      first: t.arg.int({ description: 'How many: 0 to 100, 20 if left out.' }),
      last: t.arg.int({ description: 'Instead of `first`: the newest ones, so many, still oldest first: 0 to 100.' }),
      types: t.arg({ type: [EventTypeEnum], description: 'Only these kinds; left out, all.' }),
    },
    resolve: async (_, { shopId, after, first, last, types }, context) => {
      const shop = await shopWith(context, 'payments:read', shopId);
      return readPage(context, { shopId: shop.id, after, first, last, types: choicesIn(types, ['types']) });
    },
  }),
);

builder.objectField(PaymentRef, 'events', (t) =>
  t.field({
    type: EventConnection,
    description: 'What happened to this payment and its attempts, oldest first.',
    args: {
      after: t.arg({ type: 'Cursor', description: 'Events behind this one.' }),
      first: t.arg.int({ description: 'How many: 0 to 100, 20 if left out.' }),
    },
    resolve: (payment, { after, first }, context) =>
      readPage(context, { shopId: payment.shopId, after, first, paymentId: payment.id }),
  }),
);
