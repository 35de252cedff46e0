import { type Actor, visibleTo } from '../auth/actor.ts';
import { type Database, read, type Statement, type Tx } from '../kernel/db/database.ts';
import type { PaymentLink, Prisma } from '../kernel/db/generated/prisma/client.ts';
import { listColumns } from '../kernel/db/list-columns.ts';

/** Columns of the table by the names of the row type, for every statement that gives whole rows. */
const columns = {
  id: 'id',
  shopId: 'shop_id',
  short: 'short',
  idempotencyKey: 'idempotency_key',
  inputHash: 'input_hash',
  template: 'template',
  usesMax: 'uses_max',
  validUntil: 'valid_until',
  disabledAt: 'disabled_at',
  createdAt: 'created_at',
} as const satisfies Record<keyof PaymentLink, string>;

const selectList = listColumns('l', columns);

/**
 * The payments of a link that take one of its uses, for Prisma: all but those whose time ran out before anybody tried to pay
 * them. Any other may be paid yet, or was; one that the shop cancelled was not cancelled so that another comes for it.
 */
export const takesUse: Prisma.PaymentWhereInput = { NOT: { status: 'EXPIRED', transactions: { none: {} } } };

/** The same in SQL; `p` is the payment. */
const takesUseSql = `not (p.status = 'EXPIRED' and not exists (select from "transaction" t where t.payment_id = p.id))`;

/** How far a link is used. */
export type LinkUse = {
  /** Payments it has made, whatever became of them. */
  readonly made: number;
  /** Uses that are taken: payments that were paid, or may be. */
  readonly uses: number;
  /** The newest payment that takes a use. */
  readonly paymentId: string | null;
};

/** Finds a link by its name in its address, outside any transaction. */
export async function findLinkByShort(database: Database, short: string): Promise<PaymentLink | undefined> {
  const [link] = await read<PaymentLink>(database, {
    name: 'find-link-by-short',
    text: `select ${selectList} from payment_link l where l.short = $1::text`,
    values: [short],
  });
  return link;
}

/** Finds a link by its id, outside any transaction; who may see it is the caller's to say. */
export async function findLinkById(database: Database, id: string): Promise<PaymentLink | undefined> {
  const [link] = await read<PaymentLink>(database, linkById(id));
  return link;
}

/** Reads a link, inside a transaction whose shop is locked. */
export async function readLink(tx: Tx, id: string): Promise<PaymentLink | undefined> {
  const [link] = await tx.query<PaymentLink>(linkById(id));
  return link;
}

function linkById(id: string): Statement {
  return {
    name: 'read-link',
    text: `select ${selectList} from payment_link l where l.id = $1::uuid`,
    values: [id],
  };
}

/** Reads the link that was made under a key. */
export async function readLinkByKey(
  tx: Tx,
  key: Pick<PaymentLink, 'shopId' | 'idempotencyKey'>,
): Promise<PaymentLink | undefined> {
  const [link] = await tx.query<PaymentLink>({
    name: 'read-link-by-key',
    text: `select ${selectList} from payment_link l where l.shop_id = $1::uuid and l.idempotency_key = $2::text`,
    values: [key.shopId, key.idempotencyKey],
  });
  return link;
}

/**
 * Reads how far a link is used; what is decided by it is decided under the lock of the link's shop.
 * @returns undefined of a link without an end of its uses: nothing depends on them, and counting takes 2 ms for each 1,000 payments.
 */
export async function readLinkUse(
  tx: Tx,
  { id, usesMax }: Pick<PaymentLink, 'id' | 'usesMax'>,
): Promise<LinkUse | undefined> {
  if (usesMax === null) return undefined;
  const [use] = await tx.query<{ made: bigint; uses: bigint; paymentId: string | null }>({
    name: 'read-link-use',
    // Ids are UUIDs of version 7, so the greatest is the newest.
    text: `
      select count(*) as made, count(*) filter (where taken) as uses, max(id::text) filter (where taken) as "paymentId"
      from (select p.id, ${takesUseSql} as taken from payment p where p.link_id = $1::uuid) one`,
    values: [id],
  });
  if (!use) throw new Error('A count gave no row.');
  return { made: Number(use.made), uses: Number(use.uses), paymentId: use.paymentId };
}

/** Writes a new link. */
export async function insertLink(tx: Tx, link: PaymentLink): Promise<void> {
  await tx.query({
    name: 'insert-link',
    text: `
      insert into payment_link (id, shop_id, short, idempotency_key, input_hash, template, uses_max, valid_until,
        disabled_at, created_at)
      values ($1::uuid, $2::uuid, $3::text, $4::text, $5::bytea, $6::jsonb, $7::int, $8::timestamptz, $9::timestamptz,
        $10::timestamptz)`,
    values: [
      ...[link.id, link.shopId, link.short, link.idempotencyKey, link.inputHash, JSON.stringify(link.template)],
      ...[link.usesMax, link.validUntil, link.disabledAt, link.createdAt],
    ],
  });
}

/** Notes that a link makes no more payments. */
export async function writeLinkDisabled(tx: Tx, link: { readonly id: string; readonly at: Date }): Promise<void> {
  await tx.query({
    name: 'write-link-disabled',
    text: 'update payment_link set disabled_at = $2::timestamptz where id = $1::uuid and disabled_at is null',
    values: [link.id, link.at],
  });
}

/** The part of a where clause that keeps a reader to its own links. */
export function visibleLinks(actor: Actor): Prisma.PaymentLinkWhereInput {
  return visibleTo(actor);
}
