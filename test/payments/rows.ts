import type { Payment, Transaction } from '../../src/kernel/db/generated/prisma/client.ts';
import { newId, newShopId } from '../../src/kernel/ids.ts';
import { blikAcquirer } from '../support/factories.ts';

const createdAt = new Date('2026-03-02T10:00:00.000Z');

/** A payment as a row, without a database. */
export function paymentRow(values: Partial<Payment>): Payment {
  return {
    id: newId(createdAt),
    shopId: newShopId(),
    source: 'API',
    linkId: null,
    idempotencyKey: 'key',
    inputHash: new Uint8Array(32),
    status: 'NEW',
    amount: 1_234n,
    currency: 'PLN',
    refundedAmount: 0n,
    orderId: 'ORD/2026-0001',
    title: null,
    description: null,
    customerFirstName: 'Jan',
    customerLastName: 'Kowalski',
    customerEmail: null,
    customerPhone: null,
    customerCompany: null,
    customerTaxId: null,
    locale: null,
    methods: [],
    preselectChannel: null,
    captureMode: 'AUTOMATIC',
    successUrl: null,
    failureUrl: null,
    returnUrl: null,
    notificationUrl: null,
    documents: null,
    isSplit: false,
    isSale: false,
    validUntil: new Date('2027-06-02T10:00:00.000Z'),
    createdAt,
    updatedAt: createdAt,
    settledAt: null,
    ...values,
  };
}

/** An attempt as a row, without a database. */
export function transactionRow(values: Partial<Transaction>): Transaction {
  return {
    id: newId(createdAt),
    shopId: newShopId(),
    paymentId: newId(createdAt),
    source: 'API',
    idempotencyKey: 'key',
    inputHash: new Uint8Array(32),
    method: 'BLIK',
    channel: 'blik',
    acquirer: blikAcquirer,
    acquirerReference: null,
    status: 'PENDING',
    reason: null,
    acquirerCode: null,
    amount: 1_234n,
    currency: 'PLN',
    capturedAmount: 0n,
    settledAmount: 0n,
    refundedAmount: 0n,
    heldAmount: 0n,
    late: false,
    surplus: false,
    profileId: null,
    confirmUntil: null,
    nextStep: null,
    returnUrl: null,
    payerIp: null,
    addressSeen: false,
    heardAt: null,
    entryKey: null,
    authorizedUntil: null,
    transferAccount: null,
    createdAt,
    updatedAt: createdAt,
    settledAt: null,
    ...values,
  };
}
