import { appendEntry } from '../audit/sql/append-entry.ts';
import { type Scope, scopes } from '../auth/actor.ts';
import { hashKey, newApiKey, newRestToken } from '../auth/model.ts';
import { insertKey } from '../auth/store.ts';
import type { Tx } from '../kernel/db/database.ts';
import { newId } from '../kernel/ids.ts';
import { readCurrentServiceKey } from '../shops/sql/read-current-service-key.ts';
import type { ContractDeps } from './deps.ts';
import { AccessClaimed, ApplicationUnknown, WrongState } from './errors.ts';
import { firstKeyName } from './model.ts';
import { type Applicant, requireApplicant } from './require-applicant.ts';
import { lockMerchant, markClaimed } from './store.ts';

/** All that a new merchant's program needs; none of it is shown again. */
export type FirstAccess = {
  readonly merchantId: string;
  readonly shopId: string;
  readonly serviceKey: string;
  /** With every scope. */
  readonly apiKey: string;
  readonly restToken: string;
};

/**
 * Hands the first keys over to an applicant whose contract has taken effect, once; if the answer is lost, an operator lets
 * him claim them anew (`reopenAccess`).
 * @throws ApplicationUnknown; WrongState before that; AccessClaimed afterwards.
 */
export async function claimAccess(tx: Tx, deps: ContractDeps, applicant: Applicant): Promise<FirstAccess> {
  await requireApplicant(tx, applicant);
  const locked = await lockMerchant(tx, applicant.merchantId);
  const { merchant, shops: [shop] = [] } = locked ?? {};
  if (!merchant || !shop) throw new ApplicationUnknown();
  if (merchant.status !== 'ACTIVE' && merchant.status !== 'NOTICE') {
    throw new WrongState(`There are no keys yet or any more: the application is ${merchant.status}.`);
  }
  const at = deps.clock.now({ clockOffsetMs: Number(merchant.clockOffsetMs) });
  if (!(await markClaimed(tx, merchant.id, at))) throw new AccessClaimed();
  const sealed = await readCurrentServiceKey(tx, shop.id);
  if (!sealed) throw new Error(`The shop ${shop.id} has no service key.`);
  const apiKey = newApiKey(deps.keyMode);
  const restToken = newRestToken();
  const owner = { merchantId: merchant.id, shopId: null, name: firstKeyName, createdAt: at, expiresAt: null };
  const secrets = [
    { kind: 'API', secret: apiKey, scopes: Object.keys(scopes) as Scope[] },
    { kind: 'REST', secret: restToken, scopes: [] },
  ] as const;
  for (const { kind, secret, scopes: held } of secrets) {
    const hash = new Uint8Array(hashKey(secret));
    await insertKey(tx, {
      ...{ ...owner, id: newId(at), kind, hash, hint: secret.slice(-4), scopes: [...held], revokedAt: null },
    });
  }
  await appendEntry(tx, {
    ...{ at, merchantId: merchant.id, actor: 'applicant', action: 'CLAIM_ACCESS' },
    ...{ subject: `merchant:${merchant.id}`, data: {} },
  });
  return { merchantId: merchant.id, shopId: shop.id, serviceKey: deps.seal.open(sealed, shop.id), apiKey, restToken };
}
