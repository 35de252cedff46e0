import { randomUUID } from 'node:crypto';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { Payment, Transaction } from '../../src/kernel/db/generated/prisma/client.ts';
import { type CaptureTransactionInput, captureTransaction } from '../../src/payments/capture-transaction.ts';
import type { OrderedCapture } from '../../src/payments/decide-capture.ts';
import type { OrderedVoid } from '../../src/payments/decide-void.ts';
import type { CreatePaymentInput } from '../../src/payments/prepare-payment.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import { voidTransaction } from '../../src/payments/void-transaction.ts';
import type { Shop } from '../../src/shops/model.ts';
import { readTransactions } from '../../src/transactions/store.ts';
import { actorOf, createPayment } from '../support/factories.ts';
import type { World } from './world.ts';

/** A transaction whose money is reserved, with its payment and shop. */
export type Authorized = { readonly shop: Shop; readonly payment: Payment; readonly transaction: Transaction };

type Urls = Pick<CreatePaymentInput, 'successUrl' | 'failureUrl' | 'returnUrl'>;

/** Pays a new payment by card, whose money is only reserved: 100.00 PLN unless more is said. */
export async function authorize(
  world: Pick<World, 'openShop' | 'deps' | 'acquirer'>,
  values: { readonly shop?: Shop; readonly amount?: bigint; readonly urls?: Urls } = {},
): Promise<Authorized> {
  const shop = values.shop ?? (await world.openShop());
  const payment = await createPayment(world.deps, shop, {
    ...{ amount: values.amount ?? 10_000n, captureMode: 'MANUAL' },
    ...values.urls,
  });
  world.acquirer.onStart({ kind: 'authorized', amount: payment.amount });
  const card = {
    paymentId: payment.id,
    idempotencyKey: randomUUID(),
    method: 'CARD',
    card: { token: 'a token', fingerprint: 'a card' },
  } as const;
  const started = await startTransaction(world.deps, { shop, source: 'WEB' }, card);
  world.acquirer.onStart(undefined);
  return { shop, payment: started.payment, transaction: started.transaction };
}

/** Captures as the shop does, under a new key unless one is given. */
export function capture(
  world: Pick<World, 'deps'>,
  { shop, transaction }: Authorized,
  input: Partial<CaptureTransactionInput> = {},
): Promise<OrderedCapture> {
  const wish = { transactionId: transaction.id, idempotencyKey: randomUUID(), ...input };
  return captureTransaction(world.deps, actorOf(shop), wish);
}

/** Voids as the shop does, under a new key unless one is given. */
export function voidAll(
  world: Pick<World, 'deps'>,
  { shop, transaction }: Authorized,
  key: string = randomUUID(),
): Promise<OrderedVoid> {
  return voidTransaction(world.deps, actorOf(shop), { transactionId: transaction.id, idempotencyKey: key });
}

/** A transaction as it is in the database now. */
export async function transactionNow(world: World, id: string): Promise<Transaction> {
  const [transaction] = await inTransaction(world.database, (tx) => readTransactions(tx, [id]));
  if (!transaction) throw new Error('There is no such transaction.');
  return transaction;
}
