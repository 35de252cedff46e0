import type DataLoader from 'dataloader';
import type { RefusalRecorder } from '../audit/record-refusal.ts';
import type { Actor, Scope } from '../auth/actor.ts';
import { Forbidden, requireScope, Unauthenticated } from '../auth/actor.ts';
import type { Authenticator } from '../auth/authenticate-actor.ts';
import type { Operator } from '../auth/authenticate-operator.ts';
import type { KeyMode } from '../auth/model.ts';
import type { KeyWatch } from '../auth/watch-keys.ts';
import type { WalletDeps } from '../cards/deps.ts';
import type { ContractDeps } from '../contracts/deps.ts';
import type {
  Capture,
  Merchant,
  Payment,
  Payout,
  Profile,
  Refund,
  Shop as ShopRow,
  Transaction,
  TransactionVoid,
} from '../kernel/db/generated/prisma/client.ts';
import type { Metrics } from '../kernel/metrics.ts';
import type { Money } from '../kernel/money.ts';
import type { Seal } from '../kernel/seal.ts';
import type { AddressRule } from '../kernel/web-address.ts';
import type { PaymentDeps } from '../payments/deps.ts';
import type { Movement, MovementAsk } from '../payouts/sql/read-movements.ts';
import type { ShownCommission } from '../pricing/store.ts';
import type { EventFeed } from '../realtime/follow-events.ts';
import type { RefundDeps } from '../refunds/deps.ts';
import type { ReportDeps } from '../reports/deps.ts';
import { findVisibleShop } from '../shops/find-shop.ts';
import type { Shop } from '../shops/model.ts';
import type { AttemptsAsk } from '../transactions/sql/list-attempts.ts';
import type { ShownTransaction } from '../transactions/store.ts';
import type { TransferDeps } from '../transfers/deps.ts';
import type { FactPlace } from '../webhooks/sql/read-log.ts';

/** What resolvers are given of the program. */
export type GraphApp = {
  readonly payments: PaymentDeps;
  readonly refunds: RefundDeps;
  readonly contracts: ContractDeps;
  readonly reports: ReportDeps;
  readonly transfers: TransferDeps;
  /** The tokeniser; undefined where no cards are taken. */
  readonly cards: WalletDeps | undefined;
  readonly authenticator: Authenticator;
  /** Knows the tokens of the imoje REST door, which are made and revoked here. */
  readonly restTokens: Pick<Authenticator, 'forget'>;
  readonly keyWatch: KeyWatch;
  /** How many subscriptions and WebSockets one key may have open; 0 is without end. */
  readonly openPerKey: number;
  readonly seal: Seal;
  readonly feed: EventFeed;
  readonly refusals: RefusalRecorder;
  readonly metrics: Pick<Metrics, 'operationRefused' | 'operationFailed' | 'resultExecuted'>;
  readonly addressRule: AddressRule;
  /** Which prefix new API keys get. */
  readonly keyMode: KeyMode;
  /** Where payers reach the pages, without a slash at the end. */
  readonly publicUrl: string;
};

/** What one operation knows. */
export type GraphContext = {
  readonly app: GraphApp;
  readonly actor: Actor | undefined;
  /** Whoever asks by an operator's key; he is no actor, so nothing of merchants' operations is open to him. */
  readonly operator: Operator | undefined;
  /** The header that made the actor, for whatever must look again whether the key is still good. */
  readonly authorization: string | undefined;
  /** Where the request comes from, as far as our proxies vouch for it. */
  readonly address: string;
  /** Whether the operation stands in the address of the request (GET), and so in the log of every proxy. */
  readonly inAddress: boolean;
  /** The header `Last-Event-ID`: the cursor behind which a subscription over SSE goes on, whatever its document says. */
  readonly lastEventId: string | undefined;
  readonly loaders: Loaders;
};

/** Rows that many objects of one answer refer to, read in one statement. They keep nothing, so live answers stay true. */
export type Loaders = {
  readonly attempts: DataLoader<AttemptsAsk, readonly ShownTransaction[]>;
  readonly capture: DataLoader<string, Capture>;
  /** By the id of the transaction; undefined until that has settled. */
  readonly commission: DataLoader<string, ShownCommission | undefined>;
  readonly merchant: DataLoader<string, Merchant>;
  readonly movements: DataLoader<MovementAsk, readonly Movement[]>;
  /** What a webhook says of an event; null: nothing. */
  readonly notification: DataLoader<FactPlace, string | null>;
  readonly payment: DataLoader<string, Payment>;
  readonly payout: DataLoader<string, Payout>;
  readonly profile: DataLoader<string, Profile>;
  /** What a recipient has, by currency. */
  readonly recipientBalances: DataLoader<string, readonly Money[]>;
  readonly refund: DataLoader<string, Refund>;
  readonly shop: DataLoader<string, ShopRow>;
  /** What a shop has, by currency. */
  readonly shopBalances: DataLoader<string, readonly Money[]>;
  readonly transaction: DataLoader<string, Transaction>;
  readonly void: DataLoader<string, TransactionVoid>;
};

/**
 * The actor of an operation.
 * @throws Unauthenticated without a good key; Forbidden to operators.
 */
export function requireActor(context: GraphContext): Actor {
  if (context.operator) throw new Forbidden("This is an operator's key; use an API key of the merchant.");
  if (!context.actor) throw new Unauthenticated();
  return context.actor;
}

/**
 * The actor of an operation, if it has the scope.
 * @throws Unauthenticated without a good key; Forbidden without the scope, and to operators.
 */
export function actorWith(context: GraphContext, scope: Scope): Actor {
  const actor = requireActor(context);
  requireScope(actor, scope);
  return actor;
}

/**
 * The shop of an operation, if the actor may see it and has the scope.
 * @throws Unauthenticated without a good key; Forbidden without the scope, and to operators; NotFound when there is none that
 * the actor may see.
 */
export function shopWith(context: GraphContext, scope: Scope, shopId: string): Promise<Shop> {
  return findVisibleShop(context.app.payments.shops, actorWith(context, scope), shopId);
}

/**
 * The operator of an operation that merchants have no part in.
 * @throws Unauthenticated without a good key; Forbidden to a merchant's.
 */
export function requireOperator(context: GraphContext): Operator {
  if (context.operator) return context.operator;
  if (!context.actor) throw new Unauthenticated('operator');
  throw new Forbidden('Only operators may do this; an API key of a merchant never can.');
}
