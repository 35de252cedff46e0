import pg from 'pg';
import { type Scope, scopes } from '../src/auth/actor.ts';
import { hashKey, newApiKey } from '../src/auth/model.ts';
import { insertKey } from '../src/auth/store.ts';
import { ensureEventPartitions } from '../src/jobs/sql/ensure-event-partitions.ts';
import { inTransaction, openDatabase, type Tx } from '../src/kernel/db/database.ts';
import { migrate } from '../src/kernel/db/migrate.ts';
import { newId, newMerchantId } from '../src/kernel/ids.ts';
import { currencies } from '../src/kernel/money.ts';
import { openAccounts } from '../src/ledger/sql/open-accounts.ts';
import { insertMerchant } from '../src/merchants/sql/insert-merchant.ts';
import { listRatesPpm } from '../src/pricing/model.ts';
import { insertPlan } from '../src/pricing/store.ts';
import { type Channel, channels } from '../src/shops/model.ts';
import { insertShop } from '../src/shops/sql/insert-shop.ts';
import type { Bench } from './run-bench.ts';

/** A database with shops of one merchant, and his key. */
export type Seeded = {
  readonly url: string;
  readonly merchantId: string;
  readonly apiKey: string;
  readonly shopIds: readonly string[];
};

/** The id of the shop with this number, in the form that `create-payment.sql` builds as well. */
function shopIdOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** Makes a migrated database with one merchant, his key with all scopes, and as many shops as are asked for. */
export async function seedShops(
  bench: Bench,
  wish: { readonly database: string; readonly shops: number; readonly mode: 'live' | 'test' },
): Promise<Seeded> {
  const admin = new pg.Client(bench.addressOf('postgres'));
  await admin.connect();
  await admin.query(`create database ${wish.database}`);
  await admin.end();
  const url = bench.addressOf(wish.database);
  await migrate(url);
  const shopIds = Array.from({ length: wish.shops }, (_, index) => shopIdOf(index + 1));
  const seeded = { url, merchantId: newMerchantId(), apiKey: newApiKey(wish.mode), shopIds };
  const database = openDatabase({ url });
  try {
    const now = new Date();
    await ensureEventPartitions(database, now);
    await inTransaction(database, (tx) => write(tx, seeded, now));
    await database.pool.query('analyze');
  } finally {
    await database.close();
  }
  return seeded;
}

async function write(tx: Tx, { merchantId, apiKey, shopIds }: Seeded, createdAt: Date): Promise<void> {
  const merchant = { id: merchantId, status: 'ACTIVE', legalForm: 'SOLE_TRADER', name: 'Bench', nip: null } as const;
  await insertMerchant(tx, { ...merchant, createdAt });
  await insertKey(tx, {
    ...{ id: newId(createdAt), kind: 'API', merchantId, shopId: null, name: 'Bench', hint: apiKey.slice(-4) },
    ...{ hash: new Uint8Array(hashKey(apiKey)), scopes: Object.keys(scopes) as Scope[] },
    ...{ createdAt, expiresAt: null, revokedAt: null },
  });
  for (const id of shopIds) {
    const shop = { id, merchantId, status: 'ACTIVE', name: 'Bench', currencies } as const;
    await insertShop(tx, { ...shop, channels: Object.keys(channels) as Channel[], createdAt });
    await openAccounts(
      tx,
      currencies.map((currency) => ({ kind: 'SHOP', owner: id, currency })),
    );
    const plan = { id: newId(createdAt), shopId: id, validFrom: createdAt, createdAt };
    await insertPlan(tx, { ...plan, ratesPpm: listRatesPpm });
  }
}
