import { randomUUID } from 'node:crypto';
import { hashKey, newRestToken } from '../../../src/auth/model.ts';
import { insertKey } from '../../../src/auth/store.ts';
import { inTransaction } from '../../../src/kernel/db/database.ts';
import { createShop } from '../../support/factories.ts';
import type { TestGateway } from '../../support/gateway.ts';

/** Another merchant with a shop and a token of his own. */
export async function settleStranger(gateway: Pick<TestGateway, 'database'>): Promise<{
  readonly merchantId: string;
  readonly shopId: string;
  readonly token: string;
}> {
  const { shop } = await createShop(gateway.database);
  const token = newRestToken();
  const key = { id: randomUUID(), kind: 'REST' as const, merchantId: shop.merchantId, shopId: null, name: 'a token' };
  await inTransaction(gateway.database, (tx) =>
    insertKey(tx, {
      ...{ ...key, hash: new Uint8Array(hashKey(token)), hint: token.slice(-4), scopes: [] },
      ...{ createdAt: new Date('2026-01-01T00:00:00Z'), expiresAt: null, revokedAt: null },
    }),
  );
  return { merchantId: shop.merchantId, shopId: shop.id, token };
}
