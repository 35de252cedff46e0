// Apollo Server with Prisma. It is served by Express, with graphql-ws beside it, since Apollo's documentation has subscriptions so.
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import { makeExecutableSchema } from '@graphql-tools/schema';
import cors from 'cors';
import express from 'express';
import { PubSub } from 'graphql-subscriptions';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { ready, resolvers, settleSoon } from './common.mjs';
import { followEvents, topicOf } from './follow-events.mjs';
import {
  createPayment,
  listPayments,
  prisma,
  readEvents,
  settleTransaction,
  startTransaction,
} from './prisma-payments.mjs';

/** More than ten follow one topic; an emitter warns of that unless it is told. */
const pubsub = new PubSub({ eventEmitter: new EventEmitter().setMaxListeners(0) });

const schema = makeExecutableSchema({
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
    Subscription: { events: { subscribe: (_, { shopId }) => pubsub.asyncIterableIterator(topicOf(shopId)) } },
  },
});
const app = express();
const httpServer = createServer(app);
const sockets = useServer({ schema }, new WebSocketServer({ server: httpServer, path: '/graphql' }));
const server = new ApolloServer({
  schema,
  introspection: false,
  plugins: [
    ApolloServerPluginDrainHttpServer({ httpServer }),
    { serverWillStart: async () => ({ drainServer: () => sockets.dispose() }) },
  ],
});

await server.start();
app.use('/graphql', cors(), express.json(), expressMiddleware(server));
const unfollow = await followEvents(readEvents, (topic, payload) => pubsub.publish(topic, payload));
httpServer.listen(0, '127.0.0.1', () => {
  ready(httpServer.address().port, () => Promise.all([server.stop(), unfollow(), prisma.$disconnect()]));
});
