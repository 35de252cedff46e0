import { Refusal } from '../kernel/errors.ts';

/** What an API key may do. A key holds any set of these. */
export const scopes = {
  'payments:read': 'Read payments, transactions and events, and subscribe to them.',
  'payments:write': 'Create and cancel payments; start, capture and void transactions; send notifications again.',
  'refunds:write': 'Order refunds.',
  'payouts:read': 'Read balances, payouts, what they are made of, and the recipients of baskets.',
  'reports:read': 'Read reports and fetch their files, whatever they are of.',
  'reports:write': 'Have reports made.',
  'shops:read': 'Read shops and their settings.',
  'shops:write': 'Change the settings of shops and rotate their service keys.',
  'contract:read': 'Read the contract, the payout accounts and the messages to the bank.',
  'contract:write': 'Submit shops, change payout accounts, write to the bank, give notice of the contract.',
  'keys:write': 'Create and revoke API keys.',
  'schema:read': 'Introspect the GraphQL schema.',
} as const;

export type Scope = keyof typeof scopes;

/** What a token of the imoje REST door may do: that door has no scopes of its own. */
export const restScopes: ReadonlySet<Scope> = new Set([
  'payments:read',
  'payments:write',
  'refunds:write',
  'shops:read',
]);

/** Whoever asks through an API key: one merchant, and either all its shops or one of them. */
export type Actor = {
  readonly keyId: string;
  readonly merchantId: string;
  readonly shopId: string | undefined;
  readonly scopes: ReadonlySet<Scope>;
};

/** No API key was sent, or it is not good. */
export class Unauthenticated extends Refusal {
  readonly code = 'UNAUTHENTICATED';

  /** @param wanted whose key it takes. */
  constructor(wanted: 'merchant' | 'operator' = 'merchant') {
    const key =
      wanted === 'merchant'
        ? 'API key as `Authorization: Bearer bk_…`'
        : "operator's key as `Authorization: Bearer bo_…`";
    super(`Send a valid ${key}; this one is missing, unknown, expired or revoked.`);
  }
}

/** The key is good but may not do this. */
export class Forbidden extends Refusal {
  readonly code = 'FORBIDDEN';
}

/**
 * Demands a scope of the key.
 * @throws Forbidden naming the missing scope.
 */
export function requireScope(actor: Actor, scope: Scope): void {
  if (!actor.scopes.has(scope)) throw new Forbidden(`This API key lacks the scope ${scope}; use a key that has it.`);
}

/**
 * Demands a scope of a key that is good for the whole merchant: contract, shops to come, payout accounts and tokens for all
 * shops are no affair of one shop.
 * @throws Forbidden without the scope, or for a key that is bound to one shop.
 */
export function requireWholeMerchant(actor: Actor, scope: Scope): void {
  requireScope(actor, scope);
  if (actor.shopId !== undefined) {
    throw new Forbidden('This key is bound to one shop; use one that is good for the whole merchant.');
  }
}

/** Says whether a shop is among those the actor may see. */
export function maySee(actor: Actor, shop: { readonly id: string; readonly merchantId: string }): boolean {
  return shop.merchantId === actor.merchantId && (actor.shopId === undefined || shop.id === actor.shopId);
}

/** The condition that every read of a shop's rows carries: only what belongs to the actor's merchant, and to its shop. */
export function visibleTo(actor: Actor): { shop: { is: { merchantId: string; id?: string } } } {
  return { shop: { is: visibleShops(actor) } };
}

/** The same condition for shops themselves. */
export function visibleShops(actor: Actor): { merchantId: string; id?: string } {
  return { merchantId: actor.merchantId, ...(actor.shopId === undefined ? {} : { id: actor.shopId }) };
}
