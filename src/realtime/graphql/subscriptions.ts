import { builder } from '../../graphql/builder.ts';
import { actorWith, type GraphContext } from '../../graphql/context.ts';
import { choicesIn } from '../../kernel/choices.ts';
import type { Event } from '../../kernel/db/generated/prisma/client.ts';
import { EventType } from '../../kernel/db/generated/prisma/enums.ts';
import { InvalidInput } from '../../kernel/errors.ts';
import { parseCursor } from '../../kernel/events/cursor.ts';
import { findVisiblePayment } from '../../payments/find-payment.ts';
import { findVisibleShop } from '../../shops/find-shop.ts';
import type { Following } from '../follow-events.ts';
import type { Live, LiveEvents } from '../model.ts';
import { EventRef, EventTypeEnum, PaymentEventRef, TransactionEventRef } from './event.ts';
import { liveEvents } from './live-events.ts';

const paymentTypes = Object.values(EventType).filter((type) => type.startsWith('PAYMENT_'));
const transactionTypes = Object.values(EventType).filter((type) => type.startsWith('TRANSACTION_'));

const resume =
  'Give the last cursor seen as `after` to resume, or over SSE in the header `Last-Event-ID`, which wins; without, it starts now.';
const refusals = 'Scope: payments:read. Codes: NOT_FOUND, CURSOR_INVALID, CURSOR_EXPIRED, SLOW_CONSUMER.';

/** Gives the event, or throws what ended the subscription, which becomes the operation's last error. */
function eventOf(live: Live): Event {
  if ('end' in live) throw live.end;
  return live;
}

type Start = Pick<Following, 'after' | 'afterField'>;

/** The number to go on from. The header of a client that comes back wins over the document, which is that of his first try. */
function startOf({ lastEventId }: GraphContext, shopId: string, after: string | null | undefined): Start {
  const cursor = lastEventId ?? after;
  if (typeof cursor !== 'string') return {};
  const afterField = [lastEventId === undefined ? 'after' : 'Last-Event-ID'];
  return { after: parseCursor(cursor, shopId, afterField), afterField };
}

type Wish = {
  readonly shopId: string;
  readonly after: string | null | undefined;
  readonly types: readonly EventType[] | undefined;
};

async function followShop(context: GraphContext, wish: Wish): Promise<LiveEvents> {
  const actor = actorWith(context, 'payments:read');
  const shop = await findVisibleShop(context.app.payments.shops, actor, wish.shopId);
  const start = startOf(context, shop.id, wish.after);
  return liveEvents(context, actor, { shopId: shop.id, ...start, types: wish.types });
}

builder.subscriptionField('events', (t) =>
  t.field({
    type: EventRef,
    description: `Facts of one shop in order, none missing, none twice. ${resume} ${refusals}`,
    args: {
      shopId: t.arg.id({ required: true, description: 'The shop.' }),
      after: t.arg({ type: 'Cursor', description: 'The last cursor seen.' }),
      types: t.arg({ type: [EventTypeEnum], description: 'Only these kinds; left out, all.' }),
    },
    subscribe: (_, { shopId, after, types }, context) => {
      if (types?.length === 0)
        throw new InvalidInput('Name at least one kind of event, or leave types out.', ['types']);
      return followShop(context, { shopId, after, types: choicesIn(types, ['types']) });
    },
    resolve: (live: Live) => eventOf(live),
  }),
);

builder.subscriptionField('transactionUpdated', (t) =>
  t.field({
    type: TransactionEventRef,
    description: `Changes of the transactions of one shop, in order, none missing, none twice. ${resume} ${refusals}`,
    args: {
      shopId: t.arg.id({ required: true, description: 'The shop.' }),
      after: t.arg({ type: 'Cursor', description: 'The last cursor seen.' }),
    },
    subscribe: (_, { shopId, after }, context) => followShop(context, { shopId, after, types: transactionTypes }),
    resolve: (live: Live) => eventOf(live),
  }),
);

builder.subscriptionField('paymentUpdated', (t) =>
  t.field({
    type: PaymentEventRef,
    description: `Changes of one payment, in order, none missing, none twice. ${resume} ${refusals}`,
    args: {
      id: t.arg.id({ required: true, description: 'The payment.' }),
      after: t.arg({ type: 'Cursor', description: 'The last cursor seen.' }),
    },
    subscribe: async (_, args, context) => {
      const actor = actorWith(context, 'payments:read');
      const { payment, shop } = await findVisiblePayment(context.app.payments, actor, { id: args.id, field: 'id' });
      const start = startOf(context, shop.id, args.after);
      return liveEvents(context, actor, { shopId: shop.id, ...start, types: paymentTypes, paymentId: payment.id });
    },
    resolve: (live: Live) => eventOf(live),
  }),
);
