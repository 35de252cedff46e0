import type { ApiKey } from '../kernel/db/generated/prisma/client.ts';
import { InvalidInput, Refusal } from '../kernel/errors.ts';
import { goodKeysMax } from './model.ts';

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

/** The merchant has as many good keys of one kind as he may. */
export class TooManyKeys extends Refusal {
  readonly code = 'WRONG_STATE';

  constructor(kind: ApiKey['kind']) {
    const [keys, revoke] = kind === 'REST' ? ['REST tokens', 'revokeRestToken'] : ['API keys', 'revokeApiKey'];
    super(
      `Your company has ${goodKeysMax} good ${keys}, which is as many as it may; end one of them by ${revoke} first.`,
    );
  }
}
