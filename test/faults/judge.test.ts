import { expect, test } from 'vitest';
import type { Evidence, Logged } from './evidence.ts';
import { sentences } from './judge.ts';
import { plantedBugs } from './planted-bugs.ts';

const shopId = 'shop';

function event(number: number, type: string, id: string): Logged {
  const status = type.startsWith('PAYMENT') ? '' : type.replace(/^[A-Z]+_/, '');
  return { number, type, id, status, paymentId: 'payment-1' };
}

/** A payment that was paid at the second attempt, and given back. */
function goodEvidence(): Evidence {
  const log = [
    event(1, 'PAYMENT_CREATED', 'payment-1'),
    event(2, 'TRANSACTION_PENDING', 'attempt-1'),
    event(3, 'TRANSACTION_REJECTED', 'attempt-1'),
    event(4, 'TRANSACTION_PENDING', 'attempt-2'),
    event(5, 'TRANSACTION_SETTLED', 'attempt-2'),
    event(6, 'PAYMENT_SETTLED', 'payment-1'),
    event(7, 'REFUND_PENDING', 'refund-1'),
    event(8, 'REFUND_SETTLED', 'refund-1'),
  ];
  const types = ['TRANSACTION_SETTLED'];
  return {
    asked: {
      payments: [{ key: 'p', ids: ['payment-1', 'payment-1'] }],
      transactions: [
        { key: 'a', ids: ['attempt-1'] },
        { key: 'b', ids: ['attempt-2'] },
        { key: 'c', ids: [], refusal: 'PAYMENT_NOT_PAYABLE' },
      ],
      refunds: [{ key: 'r', ids: ['refund-1'] }],
    },
    kept: {
      payments: [{ key: 'p', id: 'payment-1', status: 'SETTLED' }],
      transactions: [
        { key: 'a', id: 'attempt-1', status: 'REJECTED' },
        { key: 'b', id: 'attempt-2', status: 'SETTLED' },
      ],
      refunds: [{ key: 'r', id: 'refund-1', status: 'SETTLED' }],
    },
    logs: new Map([[shopId, log]]),
    subscribers: [
      { name: 'one', shopId, seen: log },
      { name: 'other', shopId, types, seen: log.filter(({ type }) => types.includes(type)) },
    ],
    notified: [
      { id: 'attempt-2', status: 'settled' },
      { id: 'refund-1', status: 'settled' },
    ],
    acquirer: { taken: [{ id: 'attempt-2', amount: 500n }], returned: [{ id: 'refund-1', amount: 200n }] },
    balances: [{ account: 'of the shop', amount: 300n }],
    postings: [
      { of: 'attempt-2', from: 'of the acquirer', to: 'of the shop', amount: 500n },
      { of: null, from: 'of the shop', to: 'of refunds', amount: 200n },
      { of: 'refund-1', from: 'of refunds', to: 'of the acquirer', amount: 200n },
    ],
    stuck: [],
    broken: [],
    ownEnds: [],
  };
}

/** The sentences that evidence breaks. */
function brokenBy(evidence: Evidence): string[] {
  return Object.entries(sentences).flatMap(([sentence, find]) => (find(evidence).length > 0 ? [sentence] : []));
}

test('nothing is found where all went well', () => {
  expect(brokenBy(goodEvidence())).toEqual([]);
});

test.each(Object.entries(plantedBugs))('it is found that %s', (_, { plant, sentence }) => {
  expect(brokenBy(plant(goodEvidence()))).toContain(sentence);
});

test('a notification that newer news replaces need not be acknowledged, and one of settled money must be', () => {
  const evidence = goodEvidence();
  const log = [...(evidence.logs.get(shopId) ?? []), event(9, 'PAYMENT_CANCELLED', 'payment-1')];
  const later = { ...evidence, logs: new Map([[shopId, log]]), subscribers: [] };
  expect(brokenBy(later)).toEqual(['every notification that is due was acknowledged by its shop']);
  const told = [...evidence.notified, { id: 'payment-1', status: 'cancelled' }];
  expect(brokenBy({ ...later, notified: told })).toEqual([]);
});
