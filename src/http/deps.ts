import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { PayerPages } from '../acquirers/payer-page.ts';
import type { RefusalRecorder } from '../audit/record-refusal.ts';
import type { Authenticator } from '../auth/authenticate-actor.ts';
import type { WalletDeps } from '../cards/deps.ts';
import type { Log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import type { Seal } from '../kernel/seal.ts';
import type { TrustedIps } from '../merchants/trust-ips.ts';
import type { PaymentDeps } from '../payments/deps.ts';
import type { PrepareDeps } from '../payments/prepare-payment.ts';
import type { NotificationDeps } from '../payments/receive-notification.ts';
import type { EventFeed } from '../realtime/follow-events.ts';
import type { RefundDeps } from '../refunds/deps.ts';
import type { ReportDeps } from '../reports/deps.ts';
import type { RequestLimits } from './limit-requests.ts';

/** What the routes are given of the program. */
export type HttpDeps = {
  readonly payments: PaymentDeps;
  readonly refunds: RefundDeps;
  readonly reports: ReportDeps;
  /** Knows the tokens of the imoje REST door. */
  readonly restTokens: Authenticator;
  /** The addresses from which the tokens of merchants are good. */
  readonly trustedIps: TrustedIps;
  /** Keeps refused money operations as evidence. */
  readonly refusals: RefusalRecorder;
  readonly prepare: PrepareDeps;
  readonly notifications: NotificationDeps;
  /** The tokeniser; undefined where no cards are taken. */
  readonly cards: WalletDeps | undefined;
  /** The pages of simulated banks; none in production. */
  readonly payerPages: readonly PayerPages[];
  readonly seal: Seal;
  readonly feed: Pick<EventFeed, 'follow'>;
  /** True draws the yellow bar on the payer's pages. */
  readonly sandbox: boolean;
  /** Addresses and CIDR ranges whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly string[];
  readonly limits: RequestLimits;
  readonly log: Log;
  readonly metrics: Metrics;
  /** False while the program starts and once it is stopping. */
  isReady(): boolean;
};

/** What Node knows of a request; nothing of it when a test asks the router directly. */
export type HttpEnv = { Bindings: Partial<HttpBindings> };
export type HttpContext = Context<HttpEnv>;
