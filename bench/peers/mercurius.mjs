// Mercurius with its JIT and pg: one prepared statement a step, which is what hand-written code does at its best.
import { readFileSync } from 'node:fs';
import Fastify from 'fastify';
import mercurius from 'mercurius';
import pg from 'pg';
import { connectionsMax, ready, resolvers, rowOf, settleSoon } from './common.mjs';
import { followEvents, topicOf } from './follow-events.mjs';
import { findPayment, insertPayment, listPayments, settleTransaction, startTransaction } from './statements.mjs';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: connectionsMax });
const app = Fastify();

app.register(mercurius, {
  schema: readFileSync(new URL('schema.graphql', import.meta.url), 'utf8'),
  path: '/graphql',
  jit: 1,
  subscription: true,
  resolvers: {
    CreatePaymentResult: { resolveType: resolvers.CreatePaymentResult.__resolveType },
    StartTransactionResult: { resolveType: resolvers.StartTransactionResult.__resolveType },
    Payment: resolvers.Payment,
    Query: {
      payment: async (_, { id }) => (await pool.query(findPayment(id))).rows[0],
      payments: (_, { shopId, first }) => list(shopId, first),
    },
    Mutation: {
      createPayment: async (_, { input }) => {
        const row = rowOf(input);
        await pool.query(insertPayment(row));
        return { payment: row, replayed: false };
      },
      startTransaction: async (_, { input }) => {
        const { rows } = await pool.query(startTransaction(input.paymentId, input.idempotencyKey));
        const id = rows[0].attempt;
        settleSoon(() => pool.query(settleTransaction(id)));
        return { transaction: { id, status: 'PENDING' }, replayed: false };
      },
    },
    Subscription: { events: { subscribe: (_, { shopId }, { pubsub }) => pubsub.subscribe(topicOf(shopId)) } },
  },
});

async function list(shopId, first) {
  const { rows } = await pool.query(listPayments(shopId, first));
  return {
    edges: rows.map(({ shopName, transactionId, transactionStatus, ...payment }) => ({
      node: {
        ...payment,
        shop: { id: shopId, name: shopName },
        transactions: {
          edges: transactionId === null ? [] : [{ node: { id: transactionId, status: transactionStatus } }],
        },
      },
    })),
  };
}

async function readEvents(shopId, after) {
  const text = 'select number, type, at from event where shop_id = $1 and number > $2 order by number';
  const { rows } = await pool.query({ name: 'read-events', text, values: [shopId, after] });
  return rows;
}

await app.listen({ port: 0, host: '127.0.0.1' });
const unfollow = await followEvents(readEvents, (topic, payload) => app.graphql.pubsub.publish({ topic, payload }));
ready(app.server.address().port, () => Promise.all([app.close(), unfollow(), pool.end()]));
