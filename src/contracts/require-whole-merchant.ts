import { type Actor, Forbidden, requireScope, type Scope } from '../auth/actor.ts';

/**
 * Demands a scope of a key that is good for the whole merchant: contract, shops to come and payout accounts are no affair
 * of one shop.
 * @throws Forbidden without the scope, or for a key that is bound to one shop.
 */
export function requireWholeMerchant(actor: Actor, scope: Scope): void {
  requireScope(actor, scope);
  if (actor.shopId !== undefined) {
    throw new Forbidden('This key is bound to one shop; use one that is good for the whole merchant.');
  }
}
