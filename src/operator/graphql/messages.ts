import { builder } from '../../graphql/builder.ts';
import { requirePage, withCursor } from '../../graphql/connection-arguments.ts';
import { requireOperator } from '../../graphql/context.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import { refusableForOperator, resultUnion } from '../../graphql/refusable.ts';
import { choicesIn } from '../../kernel/choices.ts';
import { inTransaction } from '../../kernel/db/database.ts';
import type { SupportMessage } from '../../kernel/db/generated/prisma/client.ts';
import { parseId } from '../../kernel/ids.ts';
import { answerMessage } from '../../support/answer-message.ts';
import { SupportMessageRef, SupportMessageStatusEnum } from '../../support/graphql.ts';
import type { MessageDecision } from '../../support/model.ts';

builder.queryField('supportMessages', (t) =>
  t.prismaConnection(
    {
      type: SupportMessageRef,
      cursor: 'id',
      description: 'Messages of all merchants, oldest first. Operators only. Refusals: INVALID_INPUT (the page).',
      args: { status: t.arg({ type: [SupportMessageStatusEnum], description: 'Only in one of these states.' }) },
      resolve: async (query, _, args, context) => {
        requireOperator(context);
        const { supportMessage } = context.app.payments.database.prisma;
        await requirePage(args, (id) => supportMessage.findUnique({ where: { id } }));
        const status = choicesIn(args.status, ['status']);
        return supportMessage.findMany({
          ...query,
          where: status ? withCursor({ status: { in: status } }, args) : {},
          orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        });
      },
    },
    { name: 'SupportMessageConnection', description: 'A page of messages.' },
    { name: 'SupportMessageEdge', description: 'A message and its place in the list.' },
  ),
);

const MessageDecisionEnum = builder.enumType('MessageDecision', {
  description: 'What may be done with a message.',
  values: describeValues<MessageDecision>({
    ANSWER: 'It asks for no address, and is answered.',
    APPROVE: 'The address that it asks for is the shop’s from now on.',
    REFUSE: 'The address that it asks for is refused; the answer says why.',
  }),
});

const AnswerMessageInput = builder.inputType('AnswerMessageInput', {
  description: 'What is done with a message.',
  fields: (t) => ({
    messageId: t.id({ required: true, description: 'The message.' }),
    decision: t.field({ type: MessageDecisionEnum, required: true, description: 'What is done.' }),
    answer: t.string({
      description:
        'What the merchant reads: at most 2,000 characters, also in several lines; only an approval needs none.',
    }),
  }),
});

const AnswerMessageSuccess = builder.objectRef<{ supportMessage: SupportMessage }>('AnswerMessageSuccess').implement({
  description: 'It is done.',
  fields: (t) => ({
    supportMessage: t.expose('supportMessage', { type: SupportMessageRef, description: 'As it is now.' }),
  }),
});

builder.mutationField('answerMessage', (t) =>
  t.field({
    type: resultUnion('AnswerMessage', AnswerMessageSuccess),
    description: 'Answers a message. Operators only. Refusals: NOT_FOUND, INVALID_INPUT, WRONG_STATE.',
    args: { input: t.arg({ type: AnswerMessageInput, required: true, description: 'What is done.' }) },
    resolve: (_, { input: { messageId, decision, answer } }, context) =>
      refusableForOperator(context, async (operator) => {
        const { database, clock, shops } = context.app.payments;
        const wish = { messageId: parseId(messageId, 'message', ['messageId']), decision, answer: answer ?? undefined };
        const message = await inTransaction(database, (tx) => answerMessage(tx, { clock, operator }, wish));
        if (message.shopId !== null) shops.forget(message.shopId);
        return { supportMessage: message };
      }),
  }),
);
