import { appendEntry } from '../audit/sql/append-entry.ts';
import { hashKey } from '../auth/model.ts';
import { inTransaction, type Tx } from '../kernel/db/database.ts';
import type { Application } from '../kernel/db/generated/prisma/client.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { hashInput, IdempotencyKeyReused } from '../kernel/idempotency.ts';
import { isUuid, newId, newMerchantId, newShopId } from '../kernel/ids.ts';
import { insertMerchant } from '../merchants/sql/insert-merchant.ts';
import { insertPayoutAccounts } from '../merchants/sql/insert-payout-accounts.ts';
import { type Channel, channels } from '../shops/model.ts';
import { insertShop } from '../shops/sql/insert-shop.ts';
import type { ContractDeps } from './deps.ts';
import { TooManyApplications } from './errors.ts';
import { type ApplicationInput, parseApplication } from './parse-application.ts';
import { findApplicationByKey, insertApplication, lockApplicationKey, writeContract } from './store.ts';

/** What an applicant is given: by the two he signs the application, and follows it. */
export type Applied = { readonly merchantId: string; readonly secret: string; readonly replayed: boolean };

/**
 * Takes an application for a contract, with the first shop. Anybody may call it; from one address new ones are counted.
 * The same key and input give the same application and secret again.
 * @param call.idempotencyKey a UUID: it is all that keeps others from being told the secret, so it must not be guessed.
 * @throws InvalidInput naming the field; IdempotencyKeyReused; TooManyApplications.
 */
export async function applyForContract(
  deps: ContractDeps,
  call: { readonly idempotencyKey: string; readonly address: string },
  input: ApplicationInput,
): Promise<Applied> {
  const idempotencyKey = call.idempotencyKey.toLowerCase();
  if (!isUuid(idempotencyKey)) {
    throw new InvalidInput('The idempotency key of an application must be a random UUID.', ['idempotencyKey']);
  }
  const application = parseApplication(input);
  const inputHash = hashInput(application);
  const wish = { application, idempotencyKey, inputHash };
  const known = await findApplicationByKey(deps.database, idempotencyKey);
  if (known) return repeat(deps, wish, known);
  // Counted before the transaction begins: the count has a connection of its own.
  const { over, msLeft } = await deps.applications.add(call.address);
  if (over) throw new TooManyApplications({ ms: msLeft });
  return inTransaction(deps.database, async (tx) => {
    const made = await lockApplicationKey(tx, idempotencyKey);
    return made ? repeat(deps, wish, made) : writeApplication(tx, deps, wish);
  });
}

type NewApplication = {
  readonly application: ApplicationInput;
  readonly idempotencyKey: string;
  readonly inputHash: Buffer;
};

function repeat(deps: ContractDeps, { inputHash }: NewApplication, known: Application): Applied {
  if (!inputHash.equals(known.inputHash)) throw new IdempotencyKeyReused();
  return { merchantId: known.merchantId, secret: deps.secretOf(known.merchantId), replayed: true };
}

async function writeApplication(
  tx: Tx,
  deps: ContractDeps,
  { application, idempotencyKey, inputHash }: NewApplication,
): Promise<Applied> {
  const at = deps.clock.now();
  const merchantId = newMerchantId();
  const secret = deps.secretOf(merchantId);
  const { payoutAccounts, shop, ...merchant } = application;
  await insertMerchant(tx, { ...merchant, id: merchantId, status: 'APPLIED', createdAt: at });
  await insertPayoutAccounts(
    tx,
    payoutAccounts.map((account) => ({ ...account, id: newId(at), merchantId, validFrom: at })),
  );
  await insertShop(tx, {
    ...{ ...shop, id: newShopId(), merchantId, status: 'SUBMITTED', createdAt: at },
    currencies: payoutAccounts.map(({ currency }) => currency),
    channels: Object.keys(channels) as Channel[],
  });
  const contract = { id: newId(at), merchantId, createdAt: at };
  await writeContract(tx, { ...contract, signedAt: null, noticeAt: null, endsAt: null });
  await insertApplication(tx, {
    ...{ merchantId, idempotencyKey, createdAt: at },
    inputHash: new Uint8Array(inputHash),
    secretHash: new Uint8Array(hashKey(secret)),
  });
  const { legalForm, name, nip, regon } = merchant;
  await appendEntry(tx, {
    ...{ at, merchantId, actor: 'applicant', action: 'APPLY', subject: `merchant:${merchantId}` },
    data: { legalForm, name, nip, regon, payoutAccounts, shop },
  });
  return { merchantId, secret, replayed: false };
}
