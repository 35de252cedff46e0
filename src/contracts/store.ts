import { type Database, read, type Statement, type Tx } from '../kernel/db/database.ts';
import type { Application, Contract, Shop } from '../kernel/db/generated/prisma/client.ts';
import { takeTurn } from '../kernel/db/take-turn.ts';
import { lockMerchantWithShops } from '../shops/lock-merchant.ts';
import type { ContractHolder } from './model.ts';

/** The turns of idempotency keys of applications. */
const applicationKeys = 1;

/** A shop as the verbs of contracts know it. */
export type HeldShop = Pick<
  Shop,
  'id' | 'merchantId' | 'name' | 'url' | 'status' | 'currencies' | 'reviewDueAt' | 'heldReason'
>;

export type LockedMerchant = { readonly merchant: ContractHolder; readonly shops: readonly HeldShop[] };

/** Locks a merchant with all his shops, and reads them; undefined when there is no such merchant. */
export async function lockMerchant(tx: Tx, merchantId: string): Promise<LockedMerchant | undefined> {
  await lockMerchantWithShops(tx, merchantId);
  const [merchant] = await tx.query<ContractHolder>({
    name: 'read-contract-holder',
    text: `
      select id, status, legal_form as "legalForm", review_due_at as "reviewDueAt", held_reason as "heldReason",
        clock_offset_ms as "clockOffsetMs"
      from merchant where id = $1::text`,
    values: [merchantId],
  });
  if (!merchant) return undefined;
  const shops = await tx.query<HeldShop>({
    name: 'read-shops-of-contract',
    text: `
      select id, merchant_id as "merchantId", name, url, status, currencies::text[], review_due_at as "reviewDueAt",
        held_reason as "heldReason"
      from shop where merchant_id = $1::text order by created_at, id`,
    values: [merchantId],
  });
  return { merchant, shops };
}

/** Writes why an application is held, or that nobody holds it, and when it takes effect by itself. */
export async function writeApplicationReview(
  tx: Tx,
  review: { readonly id: string; readonly dueAt: Date | null; readonly heldReason: string | null; readonly at: Date },
): Promise<void> {
  await tx.query({
    name: 'write-application-review',
    text: `
      update merchant set review_due_at = $2::timestamptz, held_reason = $3::text, updated_at = $4::timestamptz
      where id = $1::text and status in ('APPLIED', 'SIGNED')`,
    values: [review.id, review.dueAt, review.heldReason, review.at],
  });
}

/** Writes how far a merchant's clock is ahead of the machine's, in milliseconds. */
export async function writeClock(
  tx: Tx,
  { id, offsetMs, at }: { readonly id: string; readonly offsetMs: number; readonly at: Date },
): Promise<void> {
  await tx.query({
    name: 'write-merchant-clock',
    text: 'update merchant set clock_offset_ms = $2::bigint, updated_at = $3::timestamptz where id = $1::text',
    values: [id, offsetMs, at],
  });
}

const applicationColumns = `merchant_id as "merchantId", idempotency_key as "idempotencyKey", input_hash as "inputHash",
  secret_hash as "secretHash", claimed_at as "claimedAt", created_at as "createdAt"`;

/** Finds the application that a key made. */
export async function findApplicationByKey(
  database: Database,
  idempotencyKey: string,
): Promise<Application | undefined> {
  const [row] = await read<Application>(database, applicationByKey(idempotencyKey));
  return row;
}

/** Finds the application that a key made, once whoever is making it now has ended; nobody else makes it meanwhile. */
export async function lockApplicationKey(tx: Tx, idempotencyKey: string): Promise<Application | undefined> {
  await takeTurn(tx, idempotencyKey, applicationKeys);
  const [row] = await tx.query<Application>(applicationByKey(idempotencyKey));
  return row;
}

function applicationByKey(idempotencyKey: string): Statement {
  return {
    name: 'find-application-by-key',
    text: `select ${applicationColumns} from application where idempotency_key = $1::uuid`,
    values: [idempotencyKey],
  };
}

/** Reads the application of a merchant; those of the demo and of earlier versions have none. */
export async function readApplication(tx: Tx, merchantId: string): Promise<Application | undefined> {
  const [row] = await tx.query<Application>({
    name: 'read-application',
    text: `select ${applicationColumns} from application where merchant_id = $1::text`,
    values: [merchantId],
  });
  return row;
}

/** Writes a new application. */
export async function insertApplication(tx: Tx, application: Omit<Application, 'claimedAt'>): Promise<void> {
  await tx.query({
    name: 'insert-application',
    text: `
      insert into application (merchant_id, idempotency_key, input_hash, secret_hash, created_at)
      values ($1::text, $2::uuid, $3::bytea, $4::bytea, $5::timestamptz)`,
    values: [
      application.merchantId,
      application.idempotencyKey,
      application.inputHash,
      application.secretHash,
      application.createdAt,
    ],
  });
}

/** Notes that the first keys are handed over; false when they were before. */
export async function markClaimed(tx: Tx, merchantId: string, at: Date): Promise<boolean> {
  const rows = await tx.query<{ merchantId: string }>({
    name: 'claim-access',
    text: `
      update application set claimed_at = $2::timestamptz where merchant_id = $1::text and claimed_at is null
      returning merchant_id as "merchantId"`,
    values: [merchantId, at],
  });
  return rows.length === 1;
}

/** Notes that the first keys may be handed over anew. */
export async function clearClaim(tx: Tx, merchantId: string): Promise<void> {
  await tx.query({
    name: 'clear-claim',
    text: 'update application set claimed_at = null where merchant_id = $1::text',
    values: [merchantId],
  });
}

/** Writes the contract of a merchant: made with the application, signed, given notice of. */
export async function writeContract(tx: Tx, contract: Contract): Promise<void> {
  await tx.query({
    name: 'write-contract',
    text: `
      insert into contract (id, merchant_id, signed_at, notice_at, ends_at, created_at)
      values ($1::uuid, $2::text, $3::timestamptz, $4::timestamptz, $5::timestamptz, $6::timestamptz)
      on conflict (merchant_id) do update set signed_at = excluded.signed_at, notice_at = excluded.notice_at,
        ends_at = excluded.ends_at`,
    values: [
      ...[contract.id, contract.merchantId, contract.signedAt, contract.noticeAt, contract.endsAt],
      contract.createdAt,
    ],
  });
}

/** Reads the contract of a merchant; undefined for merchants that are older than contracts. */
export async function readContract(tx: Tx, merchantId: string): Promise<Contract | undefined> {
  const [row] = await tx.query<Contract>({
    name: 'read-contract',
    text: `
      select id, merchant_id as "merchantId", signed_at as "signedAt", notice_at as "noticeAt", ends_at as "endsAt",
        created_at as "createdAt"
      from contract where merchant_id = $1::text`,
    values: [merchantId],
  });
  return row;
}
