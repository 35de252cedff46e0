import type { Tx } from '../kernel/db/database.ts';
import type { ApiKey } from '../kernel/db/generated/prisma/client.ts';
import { TooManyKeys } from './errors.ts';
import { goodKeysMax } from './model.ts';
import { countGoodKeys, lockKeysOf } from './store.ts';

/**
 * Demands that a merchant may have one more key of a kind. Whoever makes keys for him waits until the transaction ends, so that
 * several at once do not go beyond the limit.
 * @param at by the machine's clock.
 * @throws TooManyKeys.
 */
export async function requireRoom(tx: Tx, owner: Pick<ApiKey, 'merchantId' | 'kind'>, at: Date): Promise<void> {
  await lockKeysOf(tx, owner.merchantId);
  if ((await countGoodKeys(tx, owner, at)) >= goodKeysMax) throw new TooManyKeys(owner.kind);
}
