// Apollo Server with Prisma: one interactive transaction of four statements a payment, as Prisma's documentation has it.
import { readFileSync } from 'node:fs';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../src/kernel/db/generated/prisma/client.ts';
import { connectionsMax, ready, resolvers, rowOf } from './common.mjs';

const adapter = new PrismaPg({ connectionString: process.env.DATABASE_URL, max: connectionsMax });
const prisma = new PrismaClient({ adapter });
/** There are more requests than connections; who waits for one is no fault. Milliseconds. */
const patience = { maxWait: 60_000, timeout: 60_000 };

const server = new ApolloServer({
  typeDefs: readFileSync(new URL('schema.graphql', import.meta.url), 'utf8'),
  resolvers: {
    CreatePaymentResult: { __resolveType: resolvers.CreatePaymentResult.__resolveType },
    Payment: resolvers.Payment,
    Query: { payments: (_, { shopId, first }) => listPayments(shopId, first) },
    Mutation: { createPayment: async (_, { input }) => ({ payment: await createPayment(input), replayed: false }) },
  },
  introspection: false,
});

async function createPayment(input) {
  const row = rowOf(input);
  return prisma.$transaction(async (tx) => {
    const { lastNumber } = await tx.shopCounter.update({
      where: { shopId: row.shopId },
      data: { lastNumber: { increment: 1 } },
    });
    const { shop, ...payment } = await tx.payment.create({ data: row, include: { shop: true } });
    const { shopId, id: paymentId, createdAt: at } = payment;
    const data = { payment: { status: 'NEW' } };
    await tx.event.create({ data: { shopId, number: lastNumber, type: 'PAYMENT_CREATED', at, paymentId, data } });
    await tx.timer.create({
      data: { kind: 'expire-payment', subject: paymentId, merchantId: shop.merchantId, dueAt: row.validUntil },
    });
    return payment;
  }, patience);
}

async function listPayments(shopId, first) {
  const payments = await prisma.payment.findMany({
    where: { shopId },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: first,
    include: { shop: true, transactions: { orderBy: [{ createdAt: 'desc' }, { id: 'desc' }], take: 1 } },
  });
  return {
    edges: payments.map((payment) => ({
      node: { ...payment, transactions: { edges: payment.transactions.map((node) => ({ node })) } },
    })),
  };
}

const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
ready(new URL(url).port, () => Promise.all([server.stop(), prisma.$disconnect()]));
