// Apollo Server with Prisma.
import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { ready, resolvers, settleSoon } from './common.mjs';
import { createPayment, listPayments, prisma, settleTransaction, startTransaction } from './prisma-payments.mjs';

const server = new ApolloServer({
  typeDefs: readFileSync(new URL('schema.graphql', import.meta.url), 'utf8'),
  resolvers: {
    ...resolvers,
    Query: {
      payment: (_, { id }) => prisma.payment.findUnique({ where: { id } }),
      payments: (_, { shopId, first }) => listPayments(shopId, first),
    },
    Mutation: {
      createPayment: async (_, { input }) => ({ payment: await createPayment(input), replayed: false }),
      startTransaction: async (_, { input }) => {
        const transaction = await startTransaction(input.paymentId, input.idempotencyKey);
        settleSoon(() => settleTransaction(transaction));
        return { transaction, replayed: false };
      },
    },
  },
  introspection: false,
});

const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
ready(new URL(url).port, () => Promise.all([server.stop(), prisma.$disconnect()]));
