import { type Database, read } from '../../kernel/db/database.ts';
import type { PayoutStatus, TransactionStatus } from '../../kernel/db/generated/prisma/enums.ts';
import type { Currency } from '../../kernel/money.ts';

/** What a movement on our account may be for. */
export type TransferTarget = {
  readonly kind: 'TRANSACTION' | 'PAYOUT';
  readonly id: string;
  readonly status: TransactionStatus | PayoutStatus;
  /** Null for the payout of a recipient of baskets. */
  readonly shopId: string | null;
  /** What is asked for, or paid out. Minor units, as `applied`. */
  readonly amount: bigint;
  /** What of transfers has gone to it. */
  readonly applied: bigint;
  readonly currency: Currency;
  /** On which its money is awaited, or to which it goes. */
  readonly account: string;
  readonly createdAt: Date;
};

/** Reads the transaction paid by a transfer, or the payout, with this id or account number. */
export async function readTarget(
  database: Database,
  wish: { readonly id: string | undefined; readonly account: string | undefined },
): Promise<TransferTarget | undefined> {
  const [target] = await read<TransferTarget>(database, {
    name: 'read-transfer-target',
    text: `
      select 'TRANSACTION' as kind, t.id, t.status::text as status, t.shop_id as "shopId", t.amount,
        (select coalesce(sum(p.amount), 0)::bigint from transfer_part p where p.transaction_id = t.id) as applied,
        t.currency, t.transfer_account as account, t.created_at as "createdAt"
      from transaction t
      where t.transfer_account is not null and (t.id = $1::uuid or t.transfer_account = $2::text)
      union all
      select 'PAYOUT', p.id, p.status::text, p.shop_id, p.net, 0, p.currency, p.iban, p.created_at
      from payout p where p.id = $1::uuid`,
    values: [wish.id ?? null, wish.account ?? null],
  });
  return target;
}
