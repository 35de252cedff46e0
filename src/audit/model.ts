import type { Actor } from '../auth/actor.ts';
import type { Refusal } from '../kernel/errors.ts';

/** Something that an authenticated caller wanted to do with money and was not allowed to. */
export type RefusedOperation = {
  readonly actor: Actor;
  readonly operation: string;
  readonly refusal: Refusal;
  readonly shopId: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** What it was about, as the caller named it: the id of a payment or transaction. */
  readonly subject?: string | undefined;
};
