import type { Wallet } from '../cards/model.ts';
import { sealTestCards } from '../cards/seal-test-cards.ts';
import type { HttpContext, HttpDeps } from '../http/deps.ts';
import { after } from '../kernel/clock.ts';
import { channelName } from '../payments/name-methods.ts';
import type { PayerState } from './find-payer-state.ts';
import { walletPage } from './pages/wallet-page.ts';
import { backToPayment, canBePaid, showPayment } from './show-payment.ts';

/** How long a payer may look at his cards before what they are sealed in is too old. */
const sealLasts = { ms: 15 * 60_000 };

/** Reads which wallet is meant; undefined when it is none that the payer's pages know. */
export function parseWallet(channel: string | null | undefined): Wallet | undefined {
  return channel === 'gpay' || channel === 'applepay' ? channel : undefined;
}

/** Answers with the sheet of a simulated wallet; with the page of the payment where there is nothing to pay with it. */
export function showWallet(deps: HttpDeps, c: HttpContext, state: PayerState): Response | Promise<Response> {
  const channel = parseWallet(c.req.query('channel'));
  if (!deps.sandbox || !channel || !canBePaid(state)) return backToPayment(c, state);
  const { payment, shop, now } = state;
  const { amount, currency } = payment;
  const cards = sealTestCards(channel, {
    merchantId: shop.merchantId,
    amount,
    currency,
    expiresAt: after(now, sealLasts),
  });
  const replacing = c.req.query('supersede') === '1';
  const query = [`channel=${channel}`, ...(replacing ? ['supersede=1'] : [])];
  return showPayment(deps, c, {
    ...{ state, replacing, at: { path: '/wallet', query } },
    draw: (view) => walletPage(view, { channel, name: channelName(channel, view.locale), cards }),
  });
}
