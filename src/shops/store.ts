import { type Database, read, type Tx } from '../kernel/db/database.ts';
import { findTogether } from '../kernel/db/find-together.ts';
import type { ServiceKey, Shop as WholeShop } from '../kernel/db/generated/prisma/client.ts';
import type { CaptureMode, Currency, ShopStatus } from '../kernel/db/generated/prisma/enums.ts';
import { listColumns } from '../kernel/db/list-columns.ts';
import { type Channel, isChannel, type Shop } from './model.ts';

type ShopRow = {
  readonly id: string;
  readonly merchantId: string;
  readonly name: string;
  readonly status: ShopStatus;
  readonly merchantActive: boolean;
  readonly taxNumber: string | null;
  readonly locale: string;
  readonly currencies: Currency[];
  readonly channels: string[];
  readonly notificationUrl: string | null;
  readonly paymentValiditySeconds: number | null;
  readonly captureMode: CaptureMode;
  readonly sandboxDelayMs: number;
  readonly clockOffsetMs: bigint;
  readonly createdAt: Date;
};

/** Columns of the table by the names of the row type. */
const columns = {
  id: 'id',
  merchantId: 'merchant_id',
  status: 'status',
  name: 'name',
  url: 'url',
  locale: 'locale',
  currencies: 'currencies::text[]',
  notificationUrl: 'notification_url',
  notificationForm: 'notification_form',
  paymentValiditySeconds: 'payment_validity_seconds',
  brand: 'brand',
  captureMode: 'capture_mode',
  sandboxDelayMs: 'sandbox_delay_ms',
  reviewDueAt: 'review_due_at',
  heldReason: 'held_reason',
  statusReason: 'status_reason',
  submissionKey: 'submission_key',
  submissionHash: 'submission_hash',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const satisfies Record<keyof WholeShop, string>;

const selectList = listColumns('s', columns);

/** Reads the whole rows of shops. Who may see them is the caller's to say. */
export async function readShopRows(database: Database, ids: readonly string[]): Promise<WholeShop[]> {
  return read<WholeShop>(database, {
    name: 'read-shop-rows',
    text: `select ${selectList} from shop s where s.id = any($1::uuid[])`,
    values: [ids],
  });
}

const selectShops = `
  select s.id, s.merchant_id as "merchantId", s.name, s.status, m.status in ('ACTIVE', 'NOTICE') as "merchantActive",
    m.nip as "taxNumber", s.locale, s.currencies::text[], s.notification_url as "notificationUrl",
    s.payment_validity_seconds as "paymentValiditySeconds", s.capture_mode as "captureMode", s.sandbox_delay_ms as "sandboxDelayMs",
    m.clock_offset_ms as "clockOffsetMs", s.created_at as "createdAt",
    array(select channel from shop_method where shop_id = s.id and enabled order by priority, channel) as channels
  from shop s join merchant m on m.id = s.merchant_id`;

/** Reads what the verbs need of one shop, by its UUID; undefined when there is none. Who may see it is the caller's to say. */
export const readShop = findTogether(async (database, ids) => {
  const rows = await read<ShopRow>(database, {
    name: 'read-shops',
    text: `${selectShops} where s.id = any($1::uuid[])`,
    values: [ids],
  });
  return rows.map(toShop);
});

/** Reads all shops of a merchant, oldest first. */
export async function readShopsOf(database: Database, merchantId: string): Promise<readonly Shop[]> {
  const rows = await read<ShopRow>(database, {
    name: 'read-shops-of-merchant',
    text: `${selectShops} where s.merchant_id = $1::text order by s.created_at, s.id`,
    values: [merchantId],
  });
  return rows.map(toShop);
}

/** Writes a new service key. */
export async function insertServiceKey(tx: Tx, key: ServiceKey): Promise<void> {
  await tx.query({
    name: 'insert-service-key',
    text: `
      insert into service_key (id, shop_id, sealed, created_at, valid_until)
      values ($1::uuid, $2::uuid, $3::bytea, $4::timestamptz, $5::timestamptz)`,
    values: [key.id, key.shopId, key.sealed, key.createdAt, key.validUntil],
  });
}

/** Ends the life of the current service key, at a moment that may lie ahead. */
export async function endCurrentServiceKey(tx: Tx, shopId: string, validUntil: Date): Promise<void> {
  await tx.query({
    name: 'end-service-key',
    text: 'update service_key set valid_until = $2::timestamptz where shop_id = $1::uuid and valid_until is null',
    values: [shopId, validUntil],
  });
}

/** Reads the service keys of a shop that are good at a moment, the current one first. */
export async function readServiceKeys(database: Database, shopId: string, at: Date): Promise<Uint8Array[]> {
  const rows = await read<{ sealed: Uint8Array }>(database, {
    name: 'read-service-keys',
    text: `
      select sealed from service_key where shop_id = $1::uuid and (valid_until is null or valid_until > $2::timestamptz)
      order by valid_until desc nulls first`,
    values: [shopId, at],
  });
  return rows.map((row) => row.sealed);
}

function toShop(row: ShopRow): Shop {
  return {
    ...row,
    channels: row.channels.filter((channel): channel is Channel => isChannel(channel)),
    taxNumber: row.taxNumber ?? undefined,
    notificationUrl: row.notificationUrl ?? undefined,
    paymentValiditySeconds: row.paymentValiditySeconds ?? undefined,
    clockOffsetMs: Number(row.clockOffsetMs),
  };
}

/** Whose shop it is; undefined when there is none with this id. */
export async function findShopOwner(tx: Tx, shopId: string): Promise<string | undefined> {
  const [row] = await tx.query<{ merchantId: string }>({
    name: 'find-shop-owner',
    text: 'select merchant_id as "merchantId" from shop where id = $1::uuid',
    values: [shopId],
  });
  return row?.merchantId;
}

/** Reads the ids of all shops of a merchant. */
export async function readShopIds(tx: Tx, merchantId: string): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }>({
    name: 'read-shop-ids',
    text: 'select id from shop where merchant_id = $1::text',
    values: [merchantId],
  });
  return rows.map(({ id }) => id);
}
