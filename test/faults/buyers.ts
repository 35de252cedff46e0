import { setTimeout as wait } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import type { Asked, Noun } from './evidence.ts';

/** Clients of shops that buy, each repeating what it was not answered, under the same key, until it is. */
export type Buyers = {
  readonly asked: Readonly<Record<Noun, ReadonlyMap<string, Asked>>>;
  /** How many requests were made. */
  requests(): number;
  /** How often a request had to be made again, by the reason. */
  readonly again: ReadonlyMap<string, number>;
  /** Buys everything; `onPaid` is called after each payment that was asked for to its end. */
  run(onPaid: (count: number) => void): Promise<void>;
};

export type BuyersOptions = {
  readonly chance: Chance;
  readonly shopIds: readonly string[];
  readonly apiKey: string;
  readonly count: number;
  readonly clients: number;
  /** The address of a process, another one each time. */
  readonly address: () => string;
  /** The planted bug that a repeated request has a key of its own. */
  readonly forgetful: boolean;
};

/** What is bought: how it is paid, and what is given back. */
type Order = {
  readonly key: string;
  readonly shopId: string;
  readonly amount: number;
  readonly payerIp: string;
  /** For how long it can be paid, from when it is bought; undefined: for as long as the gateway says. */
  readonly validMs: number | undefined;
  readonly deed: 'leave' | 'cancel' | { readonly blik: string };
  /** Refunds by their parts of the amount, in hundredths. */
  readonly refunds: readonly number[];
};

type Answer = {
  readonly code?: string;
  readonly message?: string;
  readonly payment?: { readonly id: string };
  readonly transaction?: { readonly id: string };
  readonly refund?: { readonly id: string };
};

type Body = {
  readonly data?: { readonly it?: Answer } | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
};

const tryMs = 6_000;
const triesMax = 400;
const unsettledMax = 8;
/** Refusals that say "not now". */
const passing = new Set(['METHOD_NOT_AVAILABLE', 'RATE_LIMITED', 'ATTEMPT_IN_PROGRESS', 'TRANSACTION_NOT_SETTLED']);

const refusal = '... on Refusal { code message }';
const queries = {
  createPayment: `mutation ($input: CreatePaymentInput!) { it: createPayment(input: $input) {
    ... on CreatePaymentSuccess { payment { id } } ${refusal} } }`,
  startTransaction: `mutation ($input: StartTransactionInput!) { it: startTransaction(input: $input) {
    ... on StartTransactionSuccess { transaction { id } } ${refusal} } }`,
  createRefund: `mutation ($input: CreateRefundInput!) { it: createRefund(input: $input) {
    ... on CreateRefundSuccess { refund { id } } ${refusal} } }`,
  cancelPayment: `mutation ($input: CancelPaymentInput!) { it: cancelPayment(input: $input) {
    ... on CancelPaymentSuccess { payment { id } } ${refusal} } }`,
};

/** Makes the buyers; nothing is asked before `run`. */
export function createBuyers(options: BuyersOptions): Buyers {
  const asked = {
    payments: new Map<string, Asked>(),
    transactions: new Map<string, Asked>(),
    refunds: new Map<string, Asked>(),
  };
  const line = Array.from({ length: options.count }, (_, place) => draw(options, place));
  const again = new Map<string, number>();
  let all = 0;

  async function send(mutation: keyof typeof queries, input: object): Promise<Answer> {
    all += 1;
    const response = await fetch(`${options.address()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${options.apiKey}` },
      body: JSON.stringify({ query: queries[mutation], variables: { input } }),
      signal: AbortSignal.timeout(tryMs),
    });
    const { data, errors = [] } = (await response.json().catch(() => ({}))) as Body;
    if (data?.it) return data.it;
    const codes = errors.map(({ extensions }) => extensions?.code).join(', ');
    throw new Error(`answered with ${response.status} and ${codes === '' ? 'no result' : codes}`);
  }

  /** Repeats a request until it has an answer that stays. */
  async function insist(
    mutation: keyof typeof queries,
    inputOf: (round: number) => object,
  ): Promise<Answer & { readonly unsure: boolean }> {
    let [unsure, unsettled] = [false, 0];
    for (let round = 0; round < triesMax; round += 1) {
      const answer = await send(mutation, inputOf(round)).catch(({ message }: Error) => ({
        code: message,
        unsure: true,
      }));
      unsure ||= 'unsure' in answer;
      if (answer.code === 'TRANSACTION_NOT_SETTLED') unsettled += 1;
      // An attempt that was caught by a kill ends later, or never; its refund is not waited for.
      const isPassing = 'unsure' in answer || passing.has(answer.code ?? '');
      if (!isPassing || unsettled === unsettledMax) return { ...answer, unsure };
      again.set(answer.code ?? '', (again.get(answer.code ?? '') ?? 0) + 1);
      await wait(Math.min(1_000, 50 * (round + 1)));
    }
    throw new Error(`${mutation} was asked ${triesMax} times and not answered: ${JSON.stringify(inputOf(0))}`);
  }

  async function keyed(noun: Noun, mutation: keyof typeof queries, input: Keyed): Promise<string | undefined> {
    const { idempotencyKey: key } = input;
    asked[noun].set(key, { key, ids: [] });
    const answer = await insist(mutation, (round) =>
      options.forgetful && round > 0 ? { ...input, idempotencyKey: `${key} again ${round}` } : input,
    );
    const id = (answer.payment ?? answer.transaction ?? answer.refund)?.id;
    const why = { refusal: answer.code, sentence: answer.message, unsure: answer.unsure };
    asked[noun].set(key, { key, ids: id === undefined ? [] : [id], ...why });
    return id;
  }

  async function buy(order: Order): Promise<void> {
    const { key, shopId, amount, payerIp, validMs, deed } = order;
    const validUntil = validMs === undefined ? null : new Date(Date.now() + validMs).toISOString();
    const customer = { firstName: 'Łucja', lastName: 'Żak' };
    const what = { shopId, amount, currency: 'PLN', orderId: key, customer, validUntil };
    const paymentId = await keyed('payments', 'createPayment', { idempotencyKey: key, ...what });
    if (paymentId === undefined || deed === 'leave') return;
    if (deed === 'cancel') {
      await insist('cancelPayment', () => ({ paymentId }));
      return;
    }
    const how = { paymentId, method: 'BLIK', blik: { code: deed.blik }, payerIp };
    const transactionId = await keyed('transactions', 'startTransaction', { idempotencyKey: key, ...how });
    if (transactionId === undefined) return;
    for (const [place, part] of order.refunds.entries()) {
      const idempotencyKey = `${key} refund ${place + 1}`;
      const refunded = Math.floor((amount * part) / 100);
      await keyed('refunds', 'createRefund', { idempotencyKey, transactionId, amount: refunded });
    }
  }

  return {
    asked,
    again,
    requests: () => all,
    run: async (onPaid) => {
      let count = 0;
      const client = async (): Promise<void> => {
        for (let order = line.shift(); order !== undefined; order = line.shift()) {
          await buy(order);
          count += 1;
          onPaid(count);
        }
      };
      await Promise.all(Array.from({ length: options.clients }, client));
    },
  };
}

type Keyed = { readonly idempotencyKey: string; readonly [field: string]: unknown };

/** Most settle, and some of those are given back in one or two parts; the others end in every other way that BLIK knows. */
function draw({ chance, shopIds }: BuyersOptions, place: number): Order {
  const fraction = chance.fraction();
  const refunds = chance.happens(0.15) ? chance.pick([[100], [30], [40, 60]]) : [];
  const deedOf = (): Order['deed'] => {
    if (fraction < 0.03) return 'leave';
    if (fraction < 0.06) return 'cancel';
    if (fraction < 0.12) return { blik: chance.pick(['960111', '902111', '700005', '934111']) };
    if (fraction < 0.14) return { blik: chance.pick(['700000', '700001']) };
    return { blik: fraction < 0.17 ? '700002' : '123456' };
  };
  const deed = deedOf();
  const settles = typeof deed === 'object' && ['123456', '700002'].includes(deed.blik);
  return {
    key: `order ${place + 1}`,
    shopId: chance.pick(shopIds),
    amount: 1_000 + place,
    payerIp: `10.${place >> 16}.${(place >> 8) & 255}.${place & 255}`,
    validMs: chance.pick([undefined, undefined, 1_800_000]),
    deed,
    refunds: settles ? refunds : [],
  };
}
