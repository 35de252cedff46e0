import { Hono } from 'hono';
import type { StoredCard } from '../cards/model.ts';
import { tokeniseCard } from '../cards/tokenise-card.ts';
import { tokeniseWallet } from '../cards/tokenise-wallet.ts';
import { methodNotAllowed, wantsHtml } from '../http/answers.ts';
import type { HttpContext, HttpDeps, HttpEnv } from '../http/deps.ts';
import { holdsCardNumber } from '../kernel/card-numbers.ts';
import { hashInput } from '../kernel/idempotency.ts';
import type { TokenisedCard } from '../payments/start-transaction.ts';
import { channelFacts, isChannel, takesCard } from '../shops/model.ts';
import { answerErrorPage } from './answer-page.ts';
import { findPayerState, type PayerState } from './find-payer-state.ts';
import { type TileMethod, tileMethods, tilePaths } from './pages/view.ts';
import { channelFor, isOfWidget } from './payment-view.ts';
import { backToPayment, showPayment } from './show-payment.ts';
import { parseWallet, showWallet } from './show-wallet.ts';
import { leaveWidget, showWidget, widgetForm } from './show-widget.ts';
import { createStatusStreamer } from './stream-status.ts';
import { type FormWish, takeForm } from './take-form.ts';

/**
 * The payer's pages: `/pay/{id}`, another method `/pay/{id}/other`, the card form in a shop's frame `/pay/{id}/widget` with the
 * way out of it `/pay/{id}/widget/leave`, the targets of the forms `/pay/{id}/blik`, `/card`, `/bank`, `/pay-later`,
 * `/instalments`, `/lease`, `/transfer` and `/wallet`, and the news `/pay/{id}/events`.
 */
export function paywallRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const streamStatus = createStatusStreamer(deps);
  const withState = stateFinder(deps);
  const form = (read: (form: URLSearchParams, state: PayerState) => FormWish | Promise<FormWish>) =>
    withState((c, state) => takeForm(deps, { c, state }, (fields) => read(fields, state)));
  const onlyPosted = leadOnReading(deps);
  const routes = new Hono<HttpEnv>();
  for (const method of tileMethods) {
    const path = `/pay/:id/${tilePaths[method]}`;
    routes.post(path, form(readTile(method))).all(path, onlyPosted);
  }
  return routes
    .get(
      '/pay/:id',
      withState((c, state) => showPayment(deps, c, { state })),
    )
    .all('/pay/:id', (c) => methodNotAllowed(c, 'GET, HEAD'))
    .get(
      '/pay/:id/other',
      withState((c, state) => showPayment(deps, c, { state, replacing: true })),
    )
    .all('/pay/:id/other', (c) => methodNotAllowed(c, 'GET, HEAD'))
    .post('/pay/:id/blik', form(readBlik))
    .all('/pay/:id/blik', onlyPosted)
    .post(
      '/pay/:id/card',
      form((fields, state) => readCard(deps, fields, state)),
    )
    .all('/pay/:id/card', onlyPosted)
    .get(
      '/pay/:id/wallet',
      withState((c, state) => showWallet(deps, c, state)),
    )
    .post(
      '/pay/:id/wallet',
      form((fields, state) => readWallet(deps, fields, state)),
    )
    .all('/pay/:id/wallet', (c) => methodNotAllowed(c, 'GET, HEAD, POST'))
    .get(
      '/pay/:id/events',
      // A HEAD would open a stream that nobody reads.
      withState((c, state) => (c.req.method === 'HEAD' ? methodNotAllowed(c, 'GET') : streamStatus(c, state))),
    )
    .all('/pay/:id/events', (c) => methodNotAllowed(c, 'GET'))
    .route('/', frameRoutes(deps));
}

/** What a card widget shows in a frame: the card form, which is posted to its own address, and the way out. */
function frameRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const withState = stateFinder(deps);
  return new Hono<HttpEnv>()
    .get(
      '/pay/:id/widget',
      withState((c, state) => showWidget(deps, c, { state })),
    )
    .post(
      '/pay/:id/widget',
      withState((c, state) =>
        isOfWidget(state.payment)
          ? takeForm(deps, { c, state, page: widgetForm }, (fields) => readCard(deps, fields, state))
          : backToPayment(c, state),
      ),
    )
    .all('/pay/:id/widget', (c) => methodNotAllowed(c, 'GET, HEAD, POST'))
    .get(
      '/pay/:id/widget/leave',
      withState((c, state) => leaveWidget(deps, c, state)),
    )
    .all('/pay/:id/widget/leave', (c) => methodNotAllowed(c, 'GET, HEAD'));
}

type StateAnswer = (c: HttpContext, state: PayerState) => Response | Promise<Response>;

/** Makes of an answer to a payment's state one that finds it by the `id` in the path. */
function stateFinder(deps: HttpDeps) {
  return (answer: StateAnswer) => async (c: HttpContext) => {
    const state = await findPayerState(deps.payments, c.req.param('id') ?? '');
    if (state) return answer(c, state);
    return answerErrorPage(c, { status: 404, sandbox: deps.sandbox }, { error: 'PAYMENT_UNKNOWN' });
  };
}

/**
 * Answers what does not post to the address of a form. A form with something wrong in it is shown there, so browsers read the
 * address too: for a tab that is restored, a bookmark, a link that is passed on. They are led to the payment.
 */
function leadOnReading(deps: HttpDeps) {
  const lead = stateFinder(deps)(backToPayment);
  return (c: HttpContext) => (c.req.method === 'GET' && wantsHtml(c) ? lead(c) : methodNotAllowed(c, 'POST'));
}

function readBlik(form: URLSearchParams, state: PayerState): FormWish {
  const code = (form.get('code') ?? '').replaceAll(/[\s\u00a0]/g, '');
  if (code === '') return { problem: { form: 'BLIK', code: 'CODE_MISSING' } };
  if (!/^\d{6}$/.test(code)) return { problem: { form: 'BLIK', code: 'CODE_NOT_SIX_DIGITS' } };
  return { start: { method: 'BLIK', channel: channelFor('BLIK', state), blikCode: code } };
}

function readTile(method: TileMethod): (form: URLSearchParams) => FormWish {
  return (form) => {
    const channel = form.get('channel') ?? '';
    if (channel === '') return { problem: { form: method, code: 'NONE_CHOSEN' } };
    return isChannel(channel) && channelFacts(channel).method === method ? { start: { method, channel } } : methodGone;
  };
}

const methodGone: FormWish = { problem: { form: undefined, code: 'METHOD_GONE' } };

/** The card goes to the tokeniser and nowhere else; what comes back holds no number. */
async function readCard({ cards }: HttpDeps, form: URLSearchParams, state: PayerState): Promise<FormWish> {
  if (!cards) return methodGone;
  const { shop } = state;
  const field = (name: string): string => form.get(name) ?? '';
  const typed = { number: field('number'), expiry: field('expiry'), cvv: field('cvv'), name: field('name') };
  const tokenised = await tokeniseCard(cards, shop, typed);
  if ('card' in tokenised) {
    const { card } = tokenised;
    const instrument = { ...card, expiry: { month: card.expiryMonth, year: card.expiryYear } };
    return { start: { method: 'CARD', channel: channelFor('CARD', state), card: { ...identified(card), instrument } } };
  }
  const { problems } = tokenised;
  return { problem: { form: 'CARD', problems, kept: { expiry: harmless(typed.expiry), name: harmless(typed.name) } } };
}

/** The card with what tells it from another one: all that is known of it, of which nothing is secret. */
function identified({ token, ...known }: StoredCard): TokenisedCard {
  return { token, fingerprint: hashInput(known).toString('hex') };
}

/** What may be shown again of a field: nothing, when a card number was put into the wrong one. */
function harmless(text: string): string {
  return text.length > 100 || holdsCardNumber(text) ? '' : text;
}

async function readWallet({ cards }: HttpDeps, form: URLSearchParams, { shop }: PayerState): Promise<FormWish> {
  const asked = form.get('channel') ?? '';
  const method = 'WALLET';
  // It asks its payer on a page of its own, to which the attempt leads.
  if (isChannel(asked) && channelFacts(asked).method === method && !takesCard(asked)) {
    return { start: { method, channel: asked } };
  }
  const channel = parseWallet(asked);
  if (!cards || !channel) return methodGone;
  const tokenised = await tokeniseWallet(cards, shop, { channel, token: form.get('token') ?? '' });
  if ('problem' in tokenised) return { problem: { form: 'WALLET', code: tokenised.problem } };
  return { start: { method, channel, card: identified(tokenised.card) } };
}
