import { InvalidInput } from '../kernel/errors.ts';

/** A new key may not do more than the key that makes it. */
export class ScopeNotHeld extends InvalidInput {
  constructor(scope: string) {
    super(`The new key cannot have the scope ${scope}, since the key that asks does not have it.`, ['scopes']);
  }
}
