import { InvalidInput } from '../kernel/errors.ts';

/** A new key may not do more than the key that makes it. */
export class ScopeNotHeld extends InvalidInput {
  constructor(scope: string) {
    super(`The new key cannot have the scope ${scope}, since the key that asks does not have it.`, ['scopes']);
  }
}

/** Every token of the REST door has these scopes, so a key without one would give away more than it has. */
export class TokenDoesMore extends InvalidInput {
  constructor(scope: string) {
    super(`A REST token has the scope ${scope}, which this API key lacks; use a key that has it.`);
  }
}
