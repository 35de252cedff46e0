import { type Database, read, type Tx } from '../kernel/db/database.ts';
import { findTogether } from '../kernel/db/find-together.ts';
import type { Payment, Prisma } from '../kernel/db/generated/prisma/client.ts';
import type { PaymentSource } from '../kernel/db/generated/prisma/enums.ts';
import { chooseColumns, listColumns } from '../kernel/db/list-columns.ts';

/** Columns of the table by the names of the row type, for every statement that gives whole rows. */
const columns = {
  id: 'id',
  shopId: 'shop_id',
  source: 'source',
  linkId: 'link_id',
  idempotencyKey: 'idempotency_key',
  inputHash: 'input_hash',
  status: 'status',
  amount: 'amount',
  currency: 'currency',
  refundedAmount: 'refunded_amount',
  orderId: 'order_id',
  title: 'title',
  description: 'description',
  customerFirstName: 'customer_first_name',
  customerLastName: 'customer_last_name',
  customerEmail: 'customer_email',
  customerPhone: 'customer_phone',
  customerCompany: 'customer_company',
  customerTaxId: 'customer_tax_id',
  locale: 'locale',
  methods: 'methods::text[]',
  preselectChannel: 'preselect_channel',
  captureMode: 'capture_mode',
  successUrl: 'success_url',
  failureUrl: 'failure_url',
  returnUrl: 'return_url',
  notificationUrl: 'notification_url',
  documents: 'documents',
  isSplit: 'is_split',
  isSale: 'is_sale',
  validUntil: 'valid_until',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  settledAt: 'settled_at',
} as const satisfies Record<keyof Payment, string>;

/** Whole rows of `payment p`. */
export const selectList = listColumns('p', columns);

/** What lists read: also a part of a column that may be large. */
const listed = { ...columns, customerId: "documents->'customerId'" } as const;

/** What the API shows of a payment; lists, which are long and read often, read nothing else. */
const shown = [
  'id',
  'shopId',
  'orderId',
  'title',
  'description',
  'status',
  'amount',
  'currency',
  'refundedAmount',
  'customerFirstName',
  'customerLastName',
  'customerEmail',
  'customerPhone',
  'customerCompany',
  'customerTaxId',
  'customerId',
  'methods',
  'captureMode',
  'locale',
  'successUrl',
  'failureUrl',
  'returnUrl',
  'notificationUrl',
  'documents',
  'validUntil',
  'createdAt',
  'settledAt',
] as const;

/** A column of a payment that the API shows. */
export type PaymentColumn = (typeof shown)[number];

/** A payment as far as the API shows it; of a list, with the columns that were asked for. */
export type ShownPayment = Pick<Payment, 'id'> &
  Partial<Pick<Payment, Exclude<PaymentColumn, 'customerId'>>> & { readonly customerId?: Prisma.JsonValue };

/** Chooses the columns of `payment p` that a list reads, of those that the API shows. */
export const choosePaymentColumns = chooseColumns('p', listed, { shown, always: ['id'] });

/** Under which a payment was made: unique per shop and door. */
export type PaymentKey = {
  readonly shopId: string;
  readonly source: PaymentSource;
  readonly idempotencyKey: string;
};

/** Reads payments by id, inside a transaction whose shops are locked. */
export async function readPayments(tx: Tx, ids: readonly string[]): Promise<Payment[]> {
  return tx.query<Payment>({
    name: 'read-payments',
    text: `select ${selectList} from payment p where p.id = any($1::uuid[])`,
    values: [ids],
  });
}

/** Reads the payments that were made under these keys. */
export async function readPaymentsByKey(tx: Tx, keys: readonly PaymentKey[]): Promise<Payment[]> {
  return tx.query<Payment>({
    name: 'read-payments-by-key',
    text: `
      select ${selectList} from payment p
      join unnest($1::uuid[], $2::payment_source[], $3::text[]) as k (shop_id, source, key)
        on p.shop_id = k.shop_id and p.source = k.source and p.idempotency_key = k.key`,
    values: [keys.map((key) => key.shopId), keys.map((key) => key.source), keys.map((key) => key.idempotencyKey)],
  });
}

/** Reads payments by their UUIDs outside any transaction; who may see them is the caller's to say. */
export function readPaymentRows(database: Database, ids: readonly string[]): Promise<Payment[]> {
  return read<Payment>(database, {
    name: 'find-payments',
    text: `select ${selectList} from payment p where p.id = any($1::uuid[])`,
    values: [ids],
  });
}

/** Finds one payment like `readPaymentRows`. */
export const findPayment = findTogether(readPaymentRows);
