import ipaddr from 'ipaddr.js';
import { type Acquirer, type AcquirerAnswer, acquirerFor, type StartOrder } from '../acquirers/port.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { PaymentMethod, TransactionSource } from '../kernel/db/generated/prisma/enums.ts';
import { InvalidInput, type Refusal } from '../kernel/errors.ts';
import type { Locale } from '../kernel/i18n/locales.ts';
import { hashInput, parseIdempotencyKey } from '../kernel/idempotency.ts';
import { enqueue } from '../kernel/jobs/enqueue.ts';
import { parseWebAddress } from '../kernel/web-address.ts';
import type { Instrument } from '../profiles/model.ts';
import { type Channel, channelFacts, channels, isChannel, type Shop, takesCard } from '../shops/model.ts';
import { isLive } from '../transactions/model.ts';
import type { StartedTransaction } from './decide-start.ts';
import type { PaymentDeps } from './deps.ts';
import { TooManyAttempts } from './errors.ts';
import type { Try } from './guard-attempts.ts';
import { isSent, type PreparedStart } from './make-attempt.ts';
import { isTooLateToCall, jobToStop } from './model.ts';
import { submitAnswer } from './submit-answer.ts';

/** A wish to pay a payment, from a shop's own page or from the paywall. */
export type StartTransactionInput = {
  readonly paymentId: string;
  readonly idempotencyKey: string;
  readonly method: PaymentMethod;
  /** Undefined: the method's usual channel. */
  readonly channel?: string | undefined;
  readonly blikCode?: string | undefined;
  /** True lets the payer enter the BLIK code that is not given on our page; cards and wallets are entered there anyhow. */
  readonly enterLater?: boolean | undefined;
  readonly card?: TokenisedCard | RefusedCard | undefined;
  /** The stored instrument whose card it is, or whose alias, which pays without a code. */
  readonly profileId?: string | undefined;
  /** Which of the bank apps that hold the alias. */
  readonly appKey?: string | undefined;
  /** True where the payer has yet to choose one of several bank apps. */
  readonly choosesApp?: boolean | undefined;
  /** True when the payer was warned that the attempt which is running may still bring money, and wants to pay otherwise. */
  readonly supersede?: boolean | undefined;
  readonly payerIp?: string | undefined;
  readonly returnUrl?: string | undefined;
  /** The language that the payer chose on our page, and comes back to. */
  readonly locale?: Locale | undefined;
  /** True when the payment was made for this attempt alone, under the same key: by that a repeated call has found it already. */
  readonly withPayment?: boolean | undefined;
  /** What the guard said, where it was asked before the payment was made (`askGuard`). */
  readonly admission?: Admission | undefined;
};

/** Whether the guard against abuse lets a try through. */
export type Admission = { readonly refusal: TooManyAttempts | undefined };

/** A card as the tokeniser gave it back. */
export type TokenisedCard = {
  readonly token: string;
  /** Tells one card or wallet token from another, so that a repeated call is known for what it is. */
  readonly fingerprint: string;
  /** The card as it may be kept, for channels that store it. */
  readonly instrument?: Instrument | undefined;
  /** Of a stored alias: the bank app that pays where none is named. */
  readonly soleApp?: string | undefined;
};

/** A wallet token out of which no card came. A repeated call is answered all the same: its token was good once. */
export type RefusedCard = { readonly refusal: Refusal; readonly fingerprint: string };

/** How long an acquirer may take to answer a call before it counts as silent, in milliseconds. */
export const acquirerTimeoutMs = 3_000;

/**
 * Starts one attempt to pay: decides (leaves the row PENDING), calls the acquirer outside any transaction, and applies
 * its answer. A refused attempt is an answer, not a refusal. Repeating the call with the same key starts nothing new.
 * A card, or a wallet that gives one, is not sent without its token, nor BLIK without a code when that may be entered later:
 * the payer enters it on our page, and the attempt is NEW until then.
 * A channel that stores the card keeps it under the customer's name, once the attempt has its money.
 * @throws InvalidInput, NotFound, PaymentNotPayable, AttemptInProgress, MethodNotAvailable, AmountOutOfRange,
 * ShopNotActive, MerchantNotActive, ProfileNotActive, IdempotencyKeyReused or TooManyAttempts; then nothing was started.
 */
export async function startTransaction(
  deps: PaymentDeps,
  owner: { readonly shop: Shop; readonly source: TransactionSource },
  input: StartTransactionInput,
): Promise<StartedTransaction> {
  const wish = prepareStart(deps, owner, input);
  const { refusal: limited } = input.admission ?? (isSent(wish) ? await askGuard(deps, triedBy(wish)) : admitted);
  // A repeated call gets its first answer, whoever is stopped meanwhile.
  const started = await deps.starting.submit(limited ? { ...wish, refusal: limited } : wish);
  const { transaction } = started;
  if (started.replayed || transaction.status !== 'PENDING' || !wish.acquirer) return started;
  const answer = await callAcquirer(deps, wish.acquirer, orderFor(deps, { wish, started, input }));
  const applied = await submitAnswer(deps, { transactionId: transaction.id, answer });
  const isOpen = answer.kind === 'pending' || answer.kind === 'silent';
  // It ended while the call was under way, so whoever was to stop it may have come before the order.
  if (isOpen && !isLive(applied.transaction.status)) {
    await inTransaction(deps.database, (tx) => enqueue(tx, [jobToStop(transaction.id)]));
  }
  return { ...applied, replayed: false };
}

const admitted: Admission = { refusal: undefined };

/**
 * Asks the guard against abuse about a try, which may take some seconds. Who makes a payment for the try asks before, so that
 * what is stopped leaves no payment behind, and gives the answer to `startTransaction` as its `admission`.
 */
export async function askGuard(deps: Pick<PaymentDeps, 'attempts'>, tried: Try): Promise<Admission> {
  try {
    await deps.attempts.admit(tried);
    return admitted;
  } catch (error) {
    if (error instanceof TooManyAttempts) return { refusal: error };
    throw error;
  }
}

function triedBy({ shop, channel, source, payerIp }: PreparedStart): Try {
  const { method } = channelFacts(channel);
  return { shopId: shop.id, method, address: payerIp, addressSeen: source === 'WEB' };
}

function orderFor(
  deps: PaymentDeps,
  { wish, started, input }: { wish: PreparedStart; started: StartedTransaction; input: StartTransactionInput },
): StartOrder {
  const { transaction, payment } = started;
  const { shop } = wish;
  const { locale } = input;
  return {
    reference: transaction.id,
    channel: wish.channel,
    amount: transaction.amount,
    currency: transaction.currency,
    captureMode: wish.acquirer?.capabilities.authorizes ? payment.captureMode : 'AUTOMATIC',
    title: payment.title ?? '',
    shopName: shop.name,
    enteredAt: transaction.updatedAt,
    blikCode: normalCode(input.blikCode),
    ...instrumentOf(wish),
    returnUrl: transaction.returnUrl ?? `${deps.publicUrl}/pay/${payment.id}${locale ? `?lang=${locale}` : ''}`,
    merchantId: shop.merchantId,
    clockOffsetMs: shop.clockOffsetMs,
    sandboxDelayMs: shop.sandboxDelayMs,
  };
}

function instrumentOf({
  channel,
  token,
  profileId,
  appKey,
}: PreparedStart): Pick<StartOrder, 'cardToken' | 'alias' | 'stored'> {
  const stored = profileId !== undefined;
  if (takesCard(channel) || token === undefined) return { cardToken: token, alias: undefined, stored };
  return { cardToken: undefined, alias: { name: token, appKey }, stored };
}

/**
 * Whatever keeps an answer from us, the call was made: only asking the acquirer can tell what became of it. Unless so much time
 * has passed since the decision that none is made: nobody else sends an order, so its acquirer never hears of it.
 */
async function callAcquirer(deps: PaymentDeps, acquirer: Acquirer, order: StartOrder): Promise<AcquirerAnswer> {
  const { reference: transactionId, enteredAt } = order;
  if (isTooLateToCall(enteredAt, deps.clock.now(order))) {
    deps.log.warn(
      { acquirer: acquirer.name, transactionId },
      'an order was not sent: too much time had passed since its decision',
    );
    return { kind: 'unheard' };
  }
  try {
    return await acquirer.start(order, AbortSignal.timeout(acquirerTimeoutMs));
  } catch (error) {
    deps.log.warn({ err: error, acquirer: acquirer.name, transactionId }, 'acquirer gave no answer');
    return { kind: 'silent' };
  }
}

function prepareStart(
  deps: PaymentDeps,
  owner: { readonly shop: Shop; readonly source: TransactionSource },
  input: StartTransactionInput,
): PreparedStart {
  const channel = parseChannel(input, owner.shop);
  const byCode = input.method === 'BLIK' && input.profileId === undefined;
  const entersCode = byCode && input.enterLater === true && input.blikCode === undefined;
  if (byCode && !entersCode) requireCode(input.blikCode);
  // A zone, as in fe80::1%eth0, means something on one machine only, and could be any text.
  if (input.payerIp !== undefined && (input.payerIp.includes('%') || !ipaddr.isValid(input.payerIp))) {
    throw new InvalidInput('payerIp must be an IPv4 or IPv6 address, without a zone.', ['payerIp']);
  }
  if (input.returnUrl !== undefined) parseWebAddress(input.returnUrl, ['returnUrl']);
  const {
    card,
    supersede = false,
    enterLater: _,
    choosesApp = false,
    admission: __,
    withPayment,
    locale: ___,
    ...hashed
  } = input;
  const callersKey = parseIdempotencyKey(input.idempotencyKey);
  const entered = !entersCode && (!takesCard(channel) || card !== undefined);
  return {
    paymentId: input.paymentId,
    shop: owner.shop,
    idempotencyKey: withPayment ? `payment:${input.paymentId}` : callersKey,
    formerKey: withPayment ? callersKey : undefined,
    inputHash: hashInput({ ...hashed, blikCode: normalCode(input.blikCode), card: card?.fingerprint }),
    channel,
    acquirer: acquirerFor(deps.acquirers, channel),
    source: owner.source,
    entryPage: entered ? undefined : `${deps.publicUrl}/pay/${input.paymentId}`,
    refusal: card && 'refusal' in card ? card.refusal : undefined,
    instrument: card && 'instrument' in card ? card.instrument : undefined,
    token: card && 'token' in card ? card.token : undefined,
    profileId: input.profileId,
    appKey: input.appKey ?? (card && 'soleApp' in card ? card.soleApp : undefined),
    choosesApp,
    supersede,
    returnUrl: input.returnUrl,
    payerIp: input.payerIp === undefined ? undefined : ipaddr.process(input.payerIp).toString(),
  };
}

/**
 * Takes the channel of a wish: the one that it names, else the shop's first one of the method.
 * @throws InvalidInput when the method has no channel of this name.
 */
export function parseChannel(input: Pick<StartTransactionInput, 'method' | 'channel'>, shop: Shop): Channel {
  // A shop that offers the method no more must still find an attempt it had started; whether a new one may be made is
  // decided with the payment.
  const known = [...shop.channels, ...(Object.keys(channels) as Channel[])];
  const channel = input.channel ?? known.find((candidate) => channelFacts(candidate).method === input.method);
  if (channel === undefined || !isChannel(channel) || channelFacts(channel).method !== input.method) {
    throw new InvalidInput(`${input.method} has no channel of this name; ask paymentMethods for its channels.`, [
      'channel',
    ]);
  }
  return channel;
}

function requireCode(code: string | undefined): void {
  if (!/^\d{6}$/.test(normalCode(code) ?? '')) {
    throw new InvalidInput('A BLIK code has six digits; take a fresh one from the bank app.', ['blik', 'code']);
  }
}

/** People copy codes with the space that bank apps show in the middle. */
function normalCode(code: string | undefined): string | undefined {
  return code?.replaceAll(/[\s\u00a0]/g, '');
}
