import { createHash, randomUUID } from 'node:crypto';

/** A payment as createPayment of the gateway would write it, without any of its checks. */
export function rowOf(input) {
  const createdAt = new Date();
  return {
    id: newId(createdAt),
    shopId: input.shopId,
    source: 'API',
    idempotencyKey: input.idempotencyKey,
    inputHash: createHash('sha256').update(JSON.stringify(input)).digest(),
    status: 'NEW',
    amount: BigInt(input.amount),
    currency: input.currency,
    orderId: input.orderId,
    title: input.title ?? null,
    customerFirstName: input.customer.firstName,
    customerLastName: input.customer.lastName,
    customerEmail: input.customer.email ?? null,
    methods: [],
    returnUrl: input.returnUrl ?? null,
    validUntil: new Date(createdAt.getTime() + 39_420_000_000),
    createdAt,
    updatedAt: createdAt,
  };
}

/** UUID version 7 (RFC 9562), as the gateway's ids are. */
export function newId(at) {
  const time = at.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** What all peers resolve in the same way. */
export const resolvers = {
  CreatePaymentResult: always('CreatePaymentSuccess'),
  StartTransactionResult: always('StartTransactionSuccess'),
  Payment: {
    amount: ({ amount, currency }) => ({ amount: Number(amount), currency }),
    url: ({ id }) => `https://pay.example/pay/${id}`,
    validUntil: ({ validUntil }) => validUntil.toISOString(),
    createdAt: ({ createdAt }) => createdAt.toISOString(),
    settledAt: ({ settledAt }) => settledAt?.toISOString() ?? null,
  },
};

/** The type of a result that is never refused, in the words of Apollo Server. */
function always(type) {
  return { __resolveType: () => type };
}

/** Plays the acquirer, who says that the money is there once the attempt is answered. @param settle books it. */
export function settleSoon(settle) {
  setImmediate(settle);
}

/** Says where it listens, in the form that the benchmark waits for, and ends when it is told to. */
export function ready(port, stop) {
  process.once('SIGTERM', () => void stop().finally(() => process.exit(0)));
  console.log(`Ready: http://127.0.0.1:${port}`);
}

/** Connections to the database, as many as the gateway has for writing. */
export const connectionsMax = 10;
