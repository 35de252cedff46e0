import type { Tx } from '../../kernel/db/database.ts';
import type { Payment } from '../../kernel/db/generated/prisma/client.ts';
import type { Currency } from '../../kernel/db/generated/prisma/enums.ts';
import { newId } from '../../kernel/ids.ts';
import type { AccountRef } from '../../ledger/model.ts';
import { openAccounts } from '../../ledger/sql/open-accounts.ts';
import { ibanOf, type Share } from '../model.ts';

/** A payment that is split, and how. */
export type Basket = {
  readonly payment: Pick<Payment, 'id' | 'shopId' | 'currency' | 'createdAt'>;
  readonly merchantId: string;
  readonly shares: readonly Share[];
};

/**
 * Writes how payments are split. A recipient is known to his merchant by his account, and keeps the name under which he came
 * first. He is confirmed by it, since forms name only those who were confirmed before. Recipients are locked in the order of their
 * accounts, so that two baskets cannot wait for each other in a circle.
 */
export async function insertShares(tx: Tx, baskets: readonly Basket[]): Promise<void> {
  const rows = baskets.flatMap(({ shares, ...basket }) => shares.map((share) => ({ ...basket, share })));
  if (rows.length === 0) return;
  const written = await tx.query<{ recipientId: string; currency: Currency }>({
    name: 'insert-basket-shares',
    text: `
      with inp as materialized (
        select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::bigint[], $7::currency[],
          $8::text[], $9::text[], $10::text[], $11::timestamptz[]) as i (id, recipient_id, merchant_id, shop_id,
          payment_id, amount, currency, iban, label, title, created_at)
      ), known as (
        insert into recipient (id, merchant_id, name, iban, is_confirmed, created_at)
        select distinct on (merchant_id, iban) recipient_id, merchant_id, label, iban, true, created_at from inp
        order by merchant_id, iban
        on conflict (merchant_id, iban) do update set is_confirmed = true
        returning id, merchant_id, iban
      )
      insert into basket_share (id, shop_id, payment_id, recipient_id, amount, currency, label, title)
      select inp.id, inp.shop_id, inp.payment_id, known.id, inp.amount, inp.currency, inp.label, inp.title
      from inp join known using (merchant_id, iban)
      returning recipient_id as "recipientId", currency`,
    values: [
      rows.map(({ payment }) => newId(payment.createdAt)),
      rows.map(({ payment }) => newId(payment.createdAt)),
      rows.map(({ merchantId }) => merchantId),
      rows.map(({ payment }) => payment.shopId),
      rows.map(({ payment }) => payment.id),
      rows.map(({ share }) => share.amount),
      rows.map(({ payment }) => payment.currency),
      rows.map(({ share }) => ibanOf(share)),
      rows.map(({ share }) => share.label),
      rows.map(({ share }) => share.title ?? null),
      rows.map(({ payment }) => payment.createdAt),
    ],
  });
  const accounts = written.map(({ recipientId: owner, currency }) => ({ kind: 'RECIPIENT', owner, currency }) as const);
  const byOwner = (one: AccountRef, other: AccountRef): number => (one.owner < other.owner ? -1 : 1);
  await openAccounts(
    tx,
    [...new Map(accounts.map((account) => [`${account.owner} ${account.currency}`, account])).values()].sort(byOwner),
  );
}
