import { describe, expect, it } from 'vitest';
import type { PaymentStatus, TransactionStatus } from '../../src/kernel/db/generated/prisma/enums.ts';
import { notificationSignatureHeader } from '../../src/kernel/signature.ts';
import type { RefundFactData } from '../../src/refunds/events.ts';
import type { TransactionFactData } from '../../src/transactions/events.ts';
import {
  imojeNotification,
  type ToldPayment,
  type ToldRefund,
  type ToldTransaction,
} from '../../src/webhooks/imoje-notification.ts';
import { imojeRefund } from '../../src/webhooks/imoje-refund.ts';
import { wireMethod, wirePaymentStatus, wirePaymentStatuses, wireTransactionStatus } from '../../src/webhooks/model.ts';

const seconds = (count: number): Date => new Date(count * 1000);
const settled: TransactionFactData = { transaction: { status: 'SETTLED' }, payment: { status: 'SETTLED' } };

const payment: ToldPayment = {
  id: '0a1b2c3d-0000-4000-8000-0000000000aa',
  shopId: '11111111-2222-4333-8444-555555555555',
  title: 'Zamówienie 1/2026',
  orderId: 'ORD/2026-0001',
  amount: 1234n,
  currency: 'PLN',
  createdAt: seconds(1767225590),
};

const transaction: ToldTransaction = {
  id: '0a1b2c3d-0000-4000-8000-000000000001',
  source: 'WEB',
  method: 'BLIK',
  channel: 'blik',
  amount: 1234n,
  currency: 'PLN',
  transferAccount: null,
  createdAt: new Date(1767225600_999),
};

const common = {
  at: new Date(1767225660_001),
  notificationUrl: 'https://shop.example/n',
  paymentUrl: 'https://gateway.example/pay/1',
  payment,
};

/** Own worked vector of the imoje protocol, section 4. */
const vector =
  '{"transaction":{"id":"0a1b2c3d-0000-4000-8000-000000000001","type":"sale","status":"settled","source":"web","created":1767225600,"modified":1767225660,"notificationUrl":"https://shop.example/n","serviceId":"11111111-2222-4333-8444-555555555555","amount":1234,"currency":"PLN","title":"Zamówienie 1/2026","orderId":"ORD/2026-0001","paymentMethod":"blik","paymentMethodCode":"blik"},"payment":{"id":"0a1b2c3d-0000-4000-8000-0000000000aa","title":"Zamówienie 1/2026","amount":1234,"status":"settled","created":1767225590,"orderId":"ORD/2026-0001","currency":"PLN","modified":1767225660,"serviceId":"11111111-2222-4333-8444-555555555555","notificationUrl":"https://shop.example/n"}}';

describe('An imoje notification', () => {
  it('is the worked vector of the protocol, byte for byte', () => {
    const body = imojeNotification({ ...common, transaction, data: settled });
    expect(body).toBe(vector);
    expect(Buffer.byteLength(body)).toBe(680);
  });

  it('tells the account number while a transfer is awaited, and not any more afterwards', () => {
    const account = '61109010140000071219812874';
    const told = { ...common, transaction: { ...transaction, transferAccount: account } };
    const waiting: TransactionFactData = { transaction: { status: 'PENDING' }, payment: { status: 'PENDING' } };
    const body = JSON.parse(imojeNotification({ ...told, data: waiting })) as { action: object };
    expect(Object.keys(body)).toEqual(['transaction', 'payment', 'action']);
    expect(Object.entries(body.action)).toEqual([
      ['type', 'transfer'],
      ['url', 'https://gateway.example/pay/1'],
      ['method', 'GET'],
      ['contentType', ''],
      ['contentBodyRaw', ''],
      ['ban', account],
    ]);
    expect(imojeNotification({ ...told, data: settled })).toBe(vector);
    expect(imojeNotification({ ...common, transaction, data: waiting })).not.toContain('"action"');
  });

  it('tells the account number also while its bank gives no answer, but not once money came that is held', () => {
    const told = { ...common, transaction: { ...transaction, transferAccount: '61109010140000071219812874' } };
    const unknown = { transaction: { status: 'UNKNOWN' }, payment: { status: 'PENDING' } } as const;
    const held = { ...unknown, transaction: { status: 'UNKNOWN', reason: 'AMOUNT_MISMATCH' } } as const;
    expect(imojeNotification({ ...told, data: unknown })).toContain('"ban":"61109010140000071219812874"');
    expect(imojeNotification({ ...told, data: held })).not.toContain('"action"');
  });

  it('has the signature of the worked vector', () => {
    const header = notificationSignatureHeader({
      merchantId: '6yt3gjtm9p1odfgx8491',
      serviceId: payment.shopId,
      serviceKey: 'K3y-for-Example_0123456789abcdefXYZ0',
      body: imojeNotification({ ...common, transaction, data: settled }),
    });
    expect(header).toBe(
      'merchantid=6yt3gjtm9p1odfgx8491;serviceid=11111111-2222-4333-8444-555555555555;signature=23409ec27540072bad8ce59a2e6acd283a6740b2947f4ffb227b70bbbb6eef21;alg=sha256',
    );
  });

  it('holds the payment alone when the payment alone ended', () => {
    const told = { ...common, transaction: undefined, data: { payment: { status: 'EXPIRED' } } } as const;
    const body = JSON.parse(imojeNotification(told));
    expect(Object.keys(body)).toEqual(['payment']);
    expect(body.payment.status).toBe('cancelled');
  });

  it('has an empty title when the payment has none', () => {
    const body = imojeNotification({ ...common, payment: { ...payment, title: null }, transaction, data: settled });
    expect(body.match(/"title":""/g)).toHaveLength(2);
  });

  it('keeps letters, quotes and slashes so that writing the parsed body again gives the same bytes', () => {
    const title = 'Łódź "1/2" \\ – 日本 🦊';
    const body = imojeNotification({ ...common, payment: { ...payment, title }, transaction, data: settled });
    expect(JSON.stringify(JSON.parse(body))).toBe(body);
    expect(body).toContain('Łódź \\"1/2\\" \\\\ – 日本 🦊');
  });

  it.each([
    ['REJECTED', 'BLK-ERROR-210005', 'BLK-ERROR-210005 - Wrong code'],
    ['ERROR', 'CODE_51', 'CODE_51 - Insufficient funds'],
    ['REJECTED', 'NEW-CODE', ''],
  ] as const)('says after the method why it is %s with %s', (status, code, description) => {
    const data: TransactionFactData = { transaction: { status, code }, payment: { status: 'NEW' } };
    const body = JSON.parse(imojeNotification({ ...common, transaction, data }));
    expect(Object.entries(body.transaction).slice(-2)).toEqual([
      ['statusCode', code],
      ['statusCodeDescription', description],
    ]);
  });

  it.each([
    ['REJECTED', 'rejected'],
    ['ERROR', 'error'],
  ] as const)('tells that the payment failed with its attempt: %s', (status, word) => {
    const data: TransactionFactData = { transaction: { status }, payment: { status: 'NEW' } };
    const body = JSON.parse(imojeNotification({ ...common, transaction, data }));
    expect([body.transaction.status, body.payment.status]).toEqual([word, word]);
  });

  it('carries no status code when the attempt was not refused, since shops take any code for a failure', () => {
    const late: TransactionFactData = { ...settled, transaction: { status: 'SETTLED', code: 'BLK-ERROR-210005' } };
    expect(imojeNotification({ ...common, transaction, data: late })).not.toContain('statusCode');
    const nameless: TransactionFactData = { ...settled, transaction: { status: 'REJECTED', reason: 'GENERAL' } };
    expect(imojeNotification({ ...common, transaction, data: nameless })).not.toContain('statusCode');
  });

  it('tells what was taken, when it was less than was authorised', () => {
    const part: TransactionFactData = { ...settled, transaction: { status: 'SETTLED', settledAmount: 60 } };
    const body = JSON.parse(imojeNotification({ ...common, transaction, data: part }));
    expect([body.transaction.amount, body.payment.amount]).toEqual([60, Number(common.payment.amount)]);
  });

  it('writes every state and method in words that imoje documents', () => {
    const states = ['new', 'pending', 'authorized', 'submitted_for_settlement', 'settled', 'rejected', 'error'];
    expect(new Set(Object.values(wireTransactionStatus))).toEqual(new Set([...states, 'cancelled']));
    expect(wireTransactionStatus).toMatchObject({ UNKNOWN: 'pending', EXPIRED: 'cancelled' });
    expect(wirePaymentStatuses.filter((word) => ![...states, 'cancelled'].includes(word))).toEqual([]);
    expect(wireMethod).toMatchObject({ PAY_LATER: 'imoje_paylater', WIRE_TRANSFER: 'wt' });
  });
});

describe('The state of a payment on the wire', () => {
  it.each<[PaymentStatus, TransactionStatus | undefined, string]>([
    ['NEW', undefined, 'new'],
    ['NEW', 'REJECTED', 'rejected'],
    ['NEW', 'ERROR', 'error'],
    ['NEW', 'CANCELLED', 'new'],
    ['NEW', 'NEW', 'new'],
    ['PENDING', 'REJECTED', 'pending'],
    ['AUTHORIZED', 'AUTHORIZED', 'authorized'],
    ['SETTLED', 'REJECTED', 'settled'],
    ['CANCELLED', 'REJECTED', 'cancelled'],
    ['EXPIRED', 'ERROR', 'cancelled'],
  ])('of one that is %s, whose last attempt is %s, is %s', (status, last, word) => {
    expect(wirePaymentStatus(status, last)).toBe(word);
  });
});

const refund: ToldRefund = {
  id: '0a1b2c3d-0000-4000-8000-0000000000bb',
  amount: 234n,
  note: 'Zwrot 1/2',
  createdAt: new Date(1767312000_999),
};
const toldRefund = { ...common, at: new Date(1767312060_001), transaction, refund };

/** What imoje documents of a refund (sections 4 and 7), written by hand; the signatures were computed with `sha256sum`. */
const refundTransaction =
  '"type":"refund","status":"STATUS","source":"api","created":1767312000,"modified":1767312060,"notificationUrl":"https://shop.example/n","serviceId":"11111111-2222-4333-8444-555555555555","amount":234,"currency":"PLN","title":"Zwrot 1/2","orderId":"ORD/2026-0001","paymentMethod":"blik","paymentMethodCode":"blik"';
const refundRest =
  '},"payment":{"id":"0a1b2c3d-0000-4000-8000-0000000000aa","title":"Zamówienie 1/2026","amount":1234,"status":"settled","created":1767225590,"orderId":"ORD/2026-0001","currency":"PLN","modified":1767312060,"serviceId":"11111111-2222-4333-8444-555555555555","notificationUrl":"https://shop.example/n"},"originalTransactionId":"0a1b2c3d-0000-4000-8000-000000000001"}';

function refundBody(status: string, refusal = ''): string {
  const own = refundTransaction.replace('STATUS', status);
  return `{"transaction":{"id":"0a1b2c3d-0000-4000-8000-0000000000bb",${own}${refusal}${refundRest}`;
}

describe('An imoje notification of a refund', () => {
  it.each<[string, RefundFactData['refund'], string, string]>([
    [
      'settled',
      { status: 'SETTLED' },
      refundBody('settled'),
      '88a1390d9e9c17cc864e0d86294c8e10eb1e93cc1bd97c4610edb83de9d8eb0e',
    ],
    [
      'rejected without a reason',
      { status: 'REJECTED' },
      refundBody('rejected'),
      '5e15adc79fb812fe0234bd28da1f7fac1624c1c90ac0dac8d4096eae8d30be0e',
    ],
    [
      'rejected with a code that imoje documents',
      { status: 'REJECTED', code: 'BLK-ERROR-210021' },
      refundBody(
        'rejected',
        ',"statusCode":"BLK-ERROR-210021","statusCodeDescription":"BLK-ERROR-210021 - Return amount exceeded"',
      ),
      '57bca605cc3ce6f512fd20f7b36980eea16ef7861fde855af79dc939aa106ca8',
    ],
    [
      'rejected with a code of the acquirer alone',
      { status: 'REJECTED', code: 'NEW-CODE' },
      refundBody('rejected', ',"statusCode":"NEW-CODE","statusCodeDescription":""'),
      'a644925df928f5ce42165f856ef4e6bc49434a01f837f326e8a677aceac4fb82',
    ],
  ])('has these bytes and this signature when it is %s', (_, then, expected, signature) => {
    const body = imojeNotification({ ...toldRefund, data: { refund: then } });
    expect(body).toBe(expected);
    const serviceKey = 'K3y-for-Example_0123456789abcdefXYZ0';
    const ids = { merchantId: '6yt3gjtm9p1odfgx8491', serviceId: payment.shopId };
    expect(notificationSignatureHeader({ ...ids, serviceKey, body })).toBe(
      `merchantid=${ids.merchantId};serviceid=${ids.serviceId};signature=${signature};alg=sha256`,
    );
  });

  it('has an empty title when the shop gave no reason, whatever the title of the payment', () => {
    const told = { ...toldRefund, refund: { ...refund, note: null }, data: { refund: { status: 'SETTLED' } } } as const;
    const body = JSON.parse(imojeNotification(told));
    expect([body.transaction.title, body.payment.title]).toEqual(['', 'Zamówienie 1/2026']);
  });
});

describe('A refund as imoje writes it', () => {
  const { shopId, currency } = payment;
  const row = { ...refund, shopId, currency, acquirerCode: null, updatedAt: toldRefund.at };
  const sale = { orderId: 'ORD/2026-0001', method: 'CARD', channel: 'ecom3ds' } as const;

  it.each([
    ['NEW', 'new'],
    ['PENDING', 'new'],
    ['UNKNOWN', 'new'],
    ['SETTLED', 'settled'],
    ['REJECTED', 'rejected'],
  ] as const)('is, while %s, "%s": shops wait for the notification after `new` alone', (status, word) => {
    expect(imojeRefund({ ...row, status }, sale, 'https://shop.example/n')).toMatchObject({
      type: 'refund',
      status: word,
    });
  });

  it('carries a status code only when it was rejected, since shops take any code for a failure', () => {
    const coded = { ...row, acquirerCode: 'CODE_05' };
    expect(imojeRefund({ ...coded, status: 'UNKNOWN' }, sale, '')).not.toHaveProperty('statusCode');
    expect(imojeRefund({ ...coded, status: 'REJECTED' }, sale, '')).toMatchObject({
      ...{ statusCode: 'CODE_05', statusCodeDescription: 'CODE_05 - Do not honor' },
      ...{ paymentMethod: 'card', paymentMethodCode: 'ecom3ds' },
    });
  });
});
