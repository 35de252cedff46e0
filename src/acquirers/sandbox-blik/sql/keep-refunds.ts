import { type Database, read, type Tx } from '../../../kernel/db/database.ts';
import type { Currency } from '../../../kernel/db/generated/prisma/enums.ts';
import { acquirerName } from '../model.ts';
import type { RefundState, SandboxRefund } from '../refund-outcomes.ts';

const selectList = `r.reference, r.order_reference as "orderReference", r.merchant_id as "merchantId", r.amount, r.script,
  r.status, r.delay_ms as "delayMs", r.created_at as "createdAt"`;

/** Remembers a refund; false when this reference was taken before. */
export async function insertRefund(tx: Tx, refund: SandboxRefund & { readonly currency: Currency }): Promise<boolean> {
  const rows = await tx.query({
    name: 'insert-sandbox-refund',
    text: `
      insert into sandbox_refund (reference, acquirer, order_reference, merchant_id, amount, currency, script, status,
        delay_ms, created_at, updated_at)
      values ($1::uuid, $2::text, $3::uuid, $4::text, $5::bigint, $6::currency, $7::text, $8::text, $9::int,
        $10::timestamptz, $10::timestamptz)
      on conflict (reference) do nothing
      returning reference`,
    values: [
      refund.reference,
      acquirerName,
      refund.orderReference,
      refund.merchantId,
      refund.amount,
      refund.currency,
      refund.script,
      refund.status,
      refund.delayMs,
      refund.createdAt,
    ],
  });
  return rows.length === 1;
}

/** Reads a refund outside any transaction. */
export async function findRefund(database: Database, reference: string): Promise<SandboxRefund | undefined> {
  const [refund] = await read<SandboxRefund>(database, {
    name: 'find-sandbox-refund',
    text: `select ${selectList} from sandbox_refund r where r.reference = $1::uuid and r.acquirer = $2::text`,
    values: [reference, acquirerName],
  });
  return refund;
}

/** Reads a refund with the offset of its merchant's clock, and holds it until the transaction ends. */
export async function lockRefund(
  tx: Tx,
  reference: string,
): Promise<(SandboxRefund & { readonly clockOffsetMs: number }) | undefined> {
  const [row] = await tx.query<SandboxRefund & { readonly offset: bigint }>({
    name: 'lock-sandbox-refund',
    text: `
      select ${selectList}, m.clock_offset_ms as "offset"
      from sandbox_refund r join merchant m on m.id = r.merchant_id
      where r.reference = $1::uuid and r.acquirer = $2::text
      for update of r`,
    values: [reference, acquirerName],
  });
  return row && { ...row, clockOffsetMs: Number(row.offset) };
}

/** Sums what was given back of an order, or is promised; the transaction holds the order. */
export async function sumRefunds(tx: Tx, orderReference: string): Promise<bigint> {
  const [row] = await tx.query<{ readonly total: bigint }>({
    name: 'sum-sandbox-refunds',
    text: `
      select coalesce(sum(r.amount), 0)::bigint as total from sandbox_refund r
      where r.order_reference = $1::uuid and r.acquirer = $2::text and r.status <> 'REJECTED'`,
    values: [orderReference, acquirerName],
  });
  return row?.total ?? 0n;
}

/** Writes the new state of a refund that the transaction holds. */
export async function moveRefund(
  tx: Tx,
  move: { readonly reference: string; readonly status: RefundState; readonly at: Date },
): Promise<void> {
  await tx.query({
    name: 'move-sandbox-refund',
    text: 'update sandbox_refund set status = $2::text, updated_at = $3::timestamptz where reference = $1::uuid',
    values: [move.reference, move.status, move.at],
  });
}
