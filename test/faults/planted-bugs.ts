import type { Evidence, Noun } from './evidence.ts';
import type { sentences } from './judge.ts';

/** What a bug would have left behind, and the sentence that it breaks. */
type PlantedBug = {
  readonly sentence: keyof typeof sentences & string;
  plant(evidence: Evidence): Evidence;
};

const acknowledged = 'what was acknowledged is committed, once, and nothing else is';
const saw = 'every subscriber saw the log: each event once, in order, none missing';
const notified = 'every notification that is due was acknowledged by its shop';
const settled = 'the acquirer and we have settled the same attempts and refunds';
const balanced = 'all money that moved is posted once, and balances are the sums of postings';

const forget =
  (noun: Noun) =>
  (evidence: Evidence): Evidence => ({ ...evidence, kept: { ...evidence.kept, [noun]: evidence.kept[noun].slice(1) } });

/** Puts another list in the place of what the first subscriber, who wants all, saw. */
const reseen =
  (change: (seen: Evidence['subscribers'][number]['seen']) => Evidence['subscribers'][number]['seen']) =>
  (evidence: Evidence): Evidence => ({
    ...evidence,
    subscribers: evidence.subscribers.map((subscriber, place) =>
      place === 0 ? { ...subscriber, seen: change(subscriber.seen) } : subscriber,
    ),
  });

/** Bugs by what they do. Each is planted into what a storm left behind, and must be found. */
export const plantedBugs: Readonly<Record<string, PlantedBug>> = {
  'a payment was acknowledged and lost': { sentence: acknowledged, plant: forget('payments') },
  'an attempt was acknowledged and lost': { sentence: acknowledged, plant: forget('transactions') },
  'a refund was acknowledged and lost': { sentence: acknowledged, plant: forget('refunds') },
  'a repeated request lost its idempotency key': {
    sentence: acknowledged,
    plant: (evidence) => ({
      ...evidence,
      kept: { ...evidence.kept, payments: [...evidence.kept.payments, { key: 'p 2', id: 'twin', status: 'NEW' }] },
    }),
  },
  'a repeated request was acknowledged as something else': {
    sentence: acknowledged,
    plant: (evidence) => ({
      ...evidence,
      asked: {
        ...evidence.asked,
        payments: evidence.asked.payments.map((asked) => ({ ...asked, ids: [...asked.ids, 'twin'] })),
      },
    }),
  },
  'what was refused is there': {
    sentence: acknowledged,
    plant: (evidence) => ({
      ...evidence,
      asked: {
        ...evidence.asked,
        refunds: evidence.asked.refunds.map(({ key }) => ({ key, ids: [], refusal: 'REFUND_EXCEEDS_AMOUNT' })),
      },
    }),
  },
  'a subscriber forgot its cursor and missed an event': {
    sentence: saw,
    plant: reseen((seen) => [...seen.slice(0, 3), ...seen.slice(4)]),
  },
  'a subscriber saw an event twice': {
    sentence: saw,
    plant: reseen((seen) => [...seen.slice(0, 4), ...seen.slice(3)]),
  },
  'a subscriber saw two events in the wrong order': {
    sentence: saw,
    plant: reseen((seen) => [...seen.slice(1, 2), ...seen.slice(0, 1), ...seen.slice(2)]),
  },
  'a subscriber never saw the last event': { sentence: saw, plant: reseen((seen) => seen.slice(0, -1)) },
  'the log has a hole': {
    sentence: saw,
    plant: (evidence) => ({
      ...evidence,
      logs: new Map([...evidence.logs].map(([shopId, log]) => [shopId, log.filter(({ number }) => number !== 2)])),
    }),
  },
  'a notification was swallowed': {
    sentence: notified,
    plant: (evidence) => ({
      ...evidence,
      notified: evidence.notified.filter(({ id }) => id !== evidence.acquirer.taken[0]?.id),
    }),
  },
  'the acquirer took money that we never heard of': {
    sentence: settled,
    plant: (evidence) => ({
      ...evidence,
      acquirer: { ...evidence.acquirer, taken: [...evidence.acquirer.taken, { id: 'unheard', amount: 1n }] },
    }),
  },
  'a refund is settled here and not at the acquirer': {
    sentence: settled,
    plant: (evidence) => ({ ...evidence, acquirer: { ...evidence.acquirer, returned: [] } }),
  },
  'a posting has no counterpart in the balance': {
    sentence: balanced,
    plant: (evidence) => ({
      ...evidence,
      balances: evidence.balances.map(({ account, amount }, place) => ({
        account,
        amount: amount + (place === 0 ? 1n : 0n),
      })),
    }),
  },
  'money was posted twice': {
    sentence: balanced,
    plant: (evidence) => ({
      ...evidence,
      postings: evidence.postings.flatMap((posting, place) => (place === 0 ? [posting, posting] : [posting])),
    }),
  },
  'money that moved was never posted': {
    sentence: balanced,
    plant: (evidence) => ({
      ...evidence,
      postings: evidence.postings.filter(({ of }) => of !== evidence.acquirer.taken[0]?.id),
    }),
  },
  'a job is left over': {
    sentence: 'nothing is stuck',
    plant: (evidence) => ({ ...evidence, stuck: ['job deliver-webhook: 1'] }),
  },
  'a process died of a lost connection': {
    sentence: 'no process ended by itself',
    plant: (evidence) => ({ ...evidence, ownEnds: ['worker-3 ended by itself with 1'] }),
  },
};
