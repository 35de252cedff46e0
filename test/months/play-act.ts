import { randomUUID } from 'node:crypto';
import { sealGooglePay } from '../../src/cards/seal-google-pay.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { applyBankAnswers } from '../../src/payouts/apply-bank-answer.ts';
import { resumePayouts } from '../../src/payouts/resume-payouts.ts';
import type { ModelShop, Part, Sale } from './model-books.ts';
import { type Moment, plus } from './model-calendar.ts';
import { comeBack, moveAccount, resume } from './model-payouts.ts';
import { answer, refund } from './model-refunds.ts';
import { capture, release, sell, setPrices } from './model-sales.ts';
import { type Act, recipientIbans } from './months.ts';
import type { PlayedMonth } from './open-month.ts';
import { findPayoutId, recipientsOf } from './read-gateway.ts';
import { momentOf } from './world.ts';

/** What came of an act: as the gateway has it, and as the books have it. */
type Ends = readonly [real: string, expected: string];

/**
 * Does one thing at the gateway and in the books.
 * @returns how the two differ; undefined when they do not.
 */
export async function playAct(played: PlayedMonth, act: Act, now: Moment): Promise<string | undefined> {
  const [real, expected] = await doBoth(played, act, now);
  return real === expected ? undefined : `"${act.do}" came to "${real}", not "${expected}"`;
}

const nothing: Ends = ['', ''];

function doBoth(played: PlayedMonth, act: Act, now: Moment): Promise<Ends> | Ends {
  const { books } = played;
  switch (act.do) {
    case 'sell':
      return playSale(played, act, now);
    case 'capture':
    case 'void': {
      const sale = counted(
        books.sales.filter(({ status, by }) => by === 'card' && status === 'AUTHORIZED'),
        act.pick,
      );
      return sale ? playMovement(played, { act, sale }, now) : nothing;
    }
    case 'refund': {
      const sale = counted(
        books.sales.filter(({ taken, refunded }) => taken > refunded),
        act.pick,
      );
      return sale ? playRefund(played, { act, sale }, now) : nothing;
    }
    case 'answer refund':
      return playAnswer(played, act, now);
    case 'set prices':
      return playPrices(played, act, now);
    case 'move account':
      return playAccount(played, act, now);
    default:
      return playReturn(played, act, now);
  }
}

/** Counts from the newest back, round and round. */
function counted<Thing>(things: readonly Thing[], pick: number): Thing | undefined {
  return things.at(-1 - (pick % Math.max(1, things.length)));
}

function shopOf({ books, shopIds, merchants }: PlayedMonth, pick: number) {
  const place = pick % books.shops.length;
  const shop = books.shops[place] as ModelShop;
  return {
    shop,
    shopId: shopIds[place] ?? '',
    ...(merchants[shop.merchant.place] as PlayedMonth['merchants'][number]),
  };
}

type Result = { readonly code?: string } & Record<string, unknown>;

/** Runs a mutation under a new key of repetition, and gives what it made, or the refusal. */
function run<Made>(
  played: PlayedMonth,
  call: { readonly name: string; readonly key: string; readonly input: object; readonly select: string },
): Promise<Partial<Made> & Result> {
  return ask(played, { ...call, input: { idempotencyKey: randomUUID(), ...call.input } });
}

async function ask<Made>(
  played: PlayedMonth,
  call: { readonly name: string; readonly key: string; readonly input: object; readonly select: string },
): Promise<Partial<Made> & Result> {
  const { name, key, input, select } = call;
  const noun = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const answered = await played.world.ask<Record<string, Partial<Made> & Result>>(
    key,
    `mutation($input: ${noun}Input!) { ${name}(input: $input) { ... on ${noun}Success { ${select} } ... on Refusal { code } } }`,
    { input },
  );
  return answered[name] as Partial<Made> & Result;
}

type Started = { transaction: { id: string; status: string } };

async function playSale(played: PlayedMonth, act: Act & { do: 'sell' }, now: Moment): Promise<Ends> {
  const { world, books } = played;
  const { shop, shopId, key, id: merchantId } = shopOf(played, act.shop);
  const { by } = act;
  const currency = by === 'blik' ? 'PLN' : act.currency;
  const reserve = act.reserve && by === 'card';
  const amount = BigInt(act.amount);
  const shares = act.basket.flatMap((hundredths, place) => {
    const share = (amount * BigInt(hundredths)) / 100n;
    return share > 0n ? [{ iban: recipientIbans[place] ?? '', amount: share }] : [];
  });
  const { payment } = await run<{ payment: { id: string } }>(played, {
    ...{ name: 'createPayment', key, select: 'payment { id }' },
    input: {
      ...{ shopId, amount: act.amount, currency, orderId: '1', capture: reserve ? 'MANUAL' : 'AUTOMATIC' },
      customer: { firstName: 'Jan', lastName: 'Kowalski' },
      shares: shares.map((share) => ({ ...share, amount: Number(share.amount), label: 'Firma' })),
    },
  });
  const recipients = await recipientsOf(
    played,
    shop.merchant.place,
    shares.map(({ iban }) => iban),
  );
  world.told[by].onStart({ kind: reserve ? 'authorized' : 'settled', amount });
  const means =
    by === 'blik'
      ? { method: 'BLIK', blik: { code: '123456' } }
      : { method: 'WALLET', channel: 'gpay', wallet: walletOf(merchantId, now) };
  const { transaction } = await run<Started>(played, {
    ...{
      name: 'startTransaction',
      key,
      select: 'transaction { id status }',
      input: { paymentId: payment?.id, ...means },
    },
  });
  played.saleIds.push(transaction?.id ?? '');
  const parts = shares
    .map(
      ({ iban, amount: part }): Part => ({ iban, order: recipients.get(iban) ?? '', amount: part, got: 0n, left: 0n }),
    )
    .sort((a, b) => (a.order < b.order ? -1 : 1));
  return [String(transaction?.status), sell(books, { shop, currency, by, amount, parts, reserve }, now)];
}

function walletOf(merchantId: string, { ms }: Moment): { token: string } {
  const expiresAt = new Date(ms + 3_600_000);
  return {
    token: sealGooglePay({ number: '4111111111111111', expiry: { month: 12, year: 2030 }, merchantId, expiresAt }),
  };
}

/** A part of what is left: in quarters of the whole, at least a grosz. */
function partOf(part: (Act & { do: 'capture' })['part'], whole: bigint, left: bigint): bigint {
  if (part === 'all') return left;
  if (part === 'too much') return left + 1n;
  const quarters = (whole * BigInt(part)) / 4n;
  return quarters < 1n ? 1n : quarters > left ? left : quarters;
}

async function playMovement(
  played: PlayedMonth,
  { act, sale }: { readonly act: Act & { do: 'capture' | 'void' }; readonly sale: Sale },
  now: Moment,
): Promise<Ends> {
  const { world, books, merchants } = played;
  world.told.card.onMove({ kind: 'settled' });
  const amount = act.do === 'capture' ? partOf(act.part, sale.amount, sale.amount - sale.taken) : undefined;
  const { transaction, code } = await run<Started>(played, {
    name: act.do === 'capture' ? 'captureTransaction' : 'voidTransaction',
    key: merchants[sale.shop.merchant.place]?.key ?? '',
    input: { transactionId: played.saleIds[sale.number], ...(amount === undefined ? {} : { amount: Number(amount) }) },
    select: 'transaction { id status }',
  });
  const expected = amount === undefined ? release(books, sale, now) : capture(books, { sale, amount }, now);
  return [code ?? String(transaction?.status), expected];
}

async function playRefund(
  played: PlayedMonth,
  { act, sale }: { readonly act: Act & { do: 'refund' }; readonly sale: Sale },
  now: Moment,
): Promise<Ends> {
  const { world, books, merchants } = played;
  const { reply } = act;
  const amount = partOf(act.part, sale.taken, sale.taken - sale.refunded);
  const shares = sharesOf(sale, act.bearer, amount);
  const word = {
    SETTLED: { kind: 'settled' },
    REJECTED: { kind: 'rejected', code: '1' },
    PENDING: { kind: 'pending' },
  } as const;
  world.told[sale.by].onMove(word[reply]);
  const named = shares?.flatMap((share, place) => {
    return share > 0n ? [{ recipientId: sale.parts[place]?.order, amount: Number(share) }] : [];
  });
  const made = await run<{ refund: { id: string; status: string } }>(played, {
    name: 'createRefund',
    key: merchants[sale.shop.merchant.place]?.key ?? '',
    input: { transactionId: played.saleIds[sale.number], amount: Number(amount), ...(named ? { shares: named } : {}) },
    select: 'refund { id status }',
  });
  world.told[sale.by].onMove(undefined);
  if (made.refund) played.refundIds.push(made.refund.id);
  return [made.code ?? String(made.refund?.status), refund(books, { sale, amount, shares, reply }, now)];
}

/** Lets one recipient bear a refund as far as he can, and the shop the rest; undefined where the rest is too much for it. */
function sharesOf(sale: Sale, bearer: number | undefined, amount: bigint): bigint[] | undefined {
  const part = bearer === undefined ? undefined : sale.parts[bearer];
  if (!part || part.left === 0n) return undefined;
  const own = part.left < amount ? part.left : amount;
  const ofShop = sale.parts.reduce((left, one) => left - one.left, sale.taken - sale.refunded);
  return amount - own > ofShop ? undefined : sale.parts.map((one) => (one === part ? own : 0n));
}

async function playAnswer(played: PlayedMonth, act: Act & { do: 'answer refund' }, now: Moment): Promise<Ends> {
  const { books, world, refundIds } = played;
  const ordered = counted(
    books.refunds.filter(({ status }) => status === 'PENDING'),
    act.pick,
  );
  if (!ordered) return nothing;
  const told = act.word === 'SETTLED' ? ({ kind: 'settled' } as const) : ({ kind: 'rejected', code: '1' } as const);
  const { refund: row } = await world.refunds.answering.submit({
    refundId: refundIds[ordered.number] ?? '',
    answer: told,
  });
  return [row.status, answer(books, { refund: ordered, word: act.word }, now)];
}

async function playPrices(played: PlayedMonth, act: Act & { do: 'set prices' }, now: Moment): Promise<Ends> {
  const { shop, shopId } = shopOf(played, act.shop);
  const { terms, inDays } = act;
  const day = plus(now.day, inDays);
  const { blik, other, promotion, overdraft, givesBack: refundGivesCommission } = terms;
  const rates = [
    { channel: 'blik', percent: blik },
    { channel: '*', percent: other },
  ];
  const input = { shopId, rates, promotion, overdraft: Number(overdraft), refundGivesCommission };
  const later = inDays === 0 ? {} : { validFrom: momentOf(day, '00:00:00') };
  const { code } = await ask(played, {
    ...{
      name: 'setPricePlan',
      key: played.world.operatorKey,
      input: { ...input, ...later },
      select: 'pricePlan { validFrom }',
    },
  });
  const from = inDays === 0 ? `${now.day}T${now.time}` : `${day}T00:00:00.000`;
  return [code ?? 'done', setPrices(shop, { from, terms })];
}

async function playAccount(played: PlayedMonth, act: Act & { do: 'move account' }, now: Moment): Promise<Ends> {
  const { books, merchants } = played;
  const { currency, iban } = act;
  const merchant = books.merchants[act.merchant % books.merchants.length];
  if (!merchant) return nothing;
  const { code } = await run(played, {
    ...{ name: 'requestPayoutAccount', key: merchants[merchant.place]?.key ?? '' },
    ...{ input: { currency, iban }, select: 'change { id }' },
  });
  return [code ?? 'done', moveAccount(merchant, { currency, iban }, now)];
}

async function playReturn(played: PlayedMonth, act: Act & { do: 'late return' }, now: Moment): Promise<Ends> {
  const { world, books } = played;
  const payout = counted(
    books.payouts.filter(({ status }) => status === 'SETTLED'),
    act.pick,
  );
  if (!payout) return nothing;
  const payoutId = await findPayoutId(played, payout);
  const said = { payoutId, kind: 'returned', reason: 'AC01' } as const;
  const [applied] = await inTransaction(world.database, (tx) => applyBankAnswers(tx, world.payouts, [said]));
  comeBack(books, payout, now);
  if (act.pick % 2 === 0) {
    const operator = { keyId: randomUUID(), name: 'Anna Nowak' };
    const wish = { payoutId, reason: 'a mistake of its bank' };
    await inTransaction(world.database, (tx) => resumePayouts(tx, { clock: world.clock, operator }, wish));
    resume(books, payout);
  }
  return [String(applied?.payout?.status), payout.status];
}
