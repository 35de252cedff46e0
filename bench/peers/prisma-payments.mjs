// Payments by Prisma: interactive transactions, as its documentation has it, which write the same rows as `statements.mjs`.
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../src/kernel/db/generated/prisma/client.ts';
import { connectionsMax, newId, rowOf } from './common.mjs';

export const prisma = new PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL, max: connectionsMax }),
});
/** There are more requests than connections; who waits for one is no fault. Milliseconds. */
const patience = { maxWait: 60_000, timeout: 60_000 };

/** Writes a payment, and gives its row. */
export function createPayment(input) {
  const row = rowOf(input);
  return prisma.$transaction(async (tx) => {
    const { shop, ...payment } = await tx.payment.create({ data: row, include: { shop: true } });
    const { shopId, id: paymentId, createdAt: at } = payment;
    await tx.timer.create({
      data: { kind: 'expire-payment', subject: paymentId, merchantId: shop.merchantId, dueAt: row.validUntil },
    });
    const last = await nextNumber(tx, shopId, 1);
    const data = { payment: { status: 'NEW' } };
    await tx.event.create({ data: { shopId, number: last, type: 'PAYMENT_CREATED', at, paymentId, data } });
    return payment;
  }, patience);
}

/** Writes an attempt with BLIK, and gives its row. */
export function startTransaction(paymentId, idempotencyKey) {
  const at = new Date();
  return prisma.$transaction(async (tx) => {
    const { shopId, amount, currency, shop } = await tx.payment.findUniqueOrThrow({
      where: { id: paymentId },
      include: { shop: true },
    });
    const transaction = await tx.transaction.create({
      data: {
        ...{ id: newId(at), shopId, paymentId, source: 'API', idempotencyKey, inputHash: Buffer.alloc(32) },
        ...{ method: 'BLIK', channel: 'blik', acquirer: 'bench', status: 'PENDING', amount, currency },
        ...{ confirmUntil: new Date(at.getTime() + 60_000), createdAt: at, updatedAt: at },
      },
    });
    await tx.payment.update({ where: { id: paymentId, status: 'NEW' }, data: { status: 'PENDING', updatedAt: at } });
    await tx.timer.create({
      data: {
        ...{ kind: 'ask-acquirer', subject: transaction.id, merchantId: shop.merchantId },
        dueAt: new Date(at.getTime() + 5_000),
      },
    });
    await tellStatus(tx, { transaction, status: 'PENDING', at });
    return transaction;
  }, patience);
}

/** Writes what a settled attempt leaves: postings, balance, commission, events, and no timer. */
export function settleTransaction({ id, shopId, paymentId, amount, currency }) {
  const at = new Date();
  return prisma.$transaction(async (tx) => {
    const transaction = await tx.transaction.update({
      where: { id, status: 'PENDING' },
      data: { status: 'SETTLED', capturedAmount: amount, settledAmount: amount, settledAt: at, updatedAt: at },
    });
    await tx.payment.update({
      where: { id: paymentId, status: 'PENDING' },
      data: { status: 'SETTLED', settledAt: at, updatedAt: at },
    });
    const plan = await tx.pricePlan.findFirstOrThrow({ where: { shopId } });
    await tx.commission.create({
      data: {
        ...{ transactionId: id, shopId, amount: (amount * 15_900n + 500_000n) / 1_000_000n, base: amount, currency },
        ...{ ratePpm: 15_900, rule: 'bench', computedAt: at, planId: plan.id, promotion: 'NONE' },
      },
    });
    await tx.timer.deleteMany({
      where: {
        OR: [
          { kind: 'ask-acquirer', subject: id },
          { kind: 'expire-payment', subject: paymentId },
        ],
      },
    });
    await bookSale(tx, transaction);
    await tellStatus(tx, { transaction, status: 'SETTLED', at });
  }, patience);
}

async function bookSale(tx, { id: transactionId, shopId, amount, currency, settledAt: at }) {
  const capture = await tx.capture.create({
    data: {
      ...{ id: newId(at), shopId, transactionId, idempotencyKey: `settlement:${transactionId}`, amount, currency },
      ...{ inputHash: Buffer.alloc(0), status: 'SETTLED', createdAt: at, updatedAt: at, settledAt: at },
    },
  });
  const accountOf = (kind, owner) =>
    tx.account.findUniqueOrThrow({ where: { kind_owner_currency: { kind, owner, currency } } });
  const from = await accountOf('ACQUIRER', 'bench');
  const to = await accountOf('SHOP', shopId);
  await tx.posting.create({
    data: { kind: 'SALE', fromId: from.id, toId: to.id, amount, currency, captureId: capture.id, at },
  });
  await tx.accountBalance.update({ where: { accountId: to.id }, data: { amount: { increment: amount } } });
}

/** Counts the events of a shop on, and gives the number of the last of them. It comes last, since all of a shop wait for its row. */
async function nextNumber(tx, shopId, count) {
  const { lastNumber } = await tx.shopCounter.update({
    where: { shopId },
    data: { lastNumber: { increment: count } },
  });
  return lastNumber;
}

/** The two events of a change that the payment and its attempt go through together. */
async function tellStatus(tx, { transaction, status, at }) {
  const { id: transactionId, shopId, paymentId } = transaction;
  const last = await nextNumber(tx, shopId, 2);
  const payment = { status };
  return tx.event.createMany({
    data: [
      {
        ...{ shopId, number: last - 1n, type: `TRANSACTION_${status}`, at, paymentId, transactionId },
        data: { payment, transaction: { status } },
      },
      { shopId, number: last, type: `PAYMENT_${status}`, at, paymentId, data: { payment } },
    ],
  });
}

/** The newest payments of a shop, each with the shop and its last transaction. */
export async function listPayments(shopId, first) {
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

/** The events of a shop behind a number, in order. */
export function readEvents(shopId, after) {
  return prisma.event.findMany({
    where: { shopId, number: { gt: after } },
    orderBy: { number: 'asc' },
    select: { number: true, type: true, at: true },
  });
}
