import { type Actor, visibleTo } from '../auth/actor.ts';
import { type Database, read, type Tx } from '../kernel/db/database.ts';
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
  made: 'made',
  uses: 'uses',
  validUntil: 'valid_until',
  disabledAt: 'disabled_at',
  createdAt: 'created_at',
} as const satisfies Record<keyof PaymentLink, string>;

const selectList = listColumns('l', columns);

/** A link, and the payment to which one with a single use leads everybody; null before there is one, and of any other link. */
export type OpenableLink = PaymentLink & { readonly paymentId: string | null };

/**
 * The link with that payment, of one moment. It is the one that takes the link's use: any but those that expired before anybody
 * tried to pay them (docs/decisions/0016).
 */
const openableList = `${selectList}, (
  select p.id from payment p where l.uses_max = 1 and p.link_id = l.id
    and not (p.status = 'EXPIRED' and not exists (select from "transaction" t where t.payment_id = p.id))) as "paymentId"`;

/** Finds a link by its name in its address, outside any transaction. */
export async function findLinkByShort(database: Database, short: string): Promise<OpenableLink | undefined> {
  const [link] = await read<OpenableLink>(database, {
    name: 'find-link-by-short',
    text: `select ${openableList} from payment_link l where l.short = $1::text`,
    values: [short],
  });
  return link;
}

/** Finds a link by its id, outside any transaction; who may see it is the caller's to say. */
export async function findLinkById(database: Database, id: string): Promise<PaymentLink | undefined> {
  const [link] = await read<PaymentLink>(database, {
    name: 'find-link',
    text: `select ${selectList} from payment_link l where l.id = $1::uuid`,
    values: [id],
  });
  return link;
}

/** Reads a link, inside a transaction whose shop is locked: nobody takes a use of it meanwhile. */
export async function readLink(tx: Tx, id: string): Promise<OpenableLink | undefined> {
  const [link] = await tx.query<OpenableLink>({
    name: 'read-link',
    text: `select ${openableList} from payment_link l where l.id = $1::uuid`,
    values: [id],
  });
  return link;
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
