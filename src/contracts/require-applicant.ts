import { timingSafeEqual } from 'node:crypto';
import { hashKey } from '../auth/model.ts';
import type { Tx } from '../kernel/db/database.ts';
import { isMerchantId } from '../kernel/ids.ts';
import { ApplicationUnknown } from './errors.ts';
import { readApplication } from './store.ts';

/** By what an applicant shows that an application is his. */
export type Applicant = { readonly merchantId: string; readonly secret: string };

/**
 * Demands the secret of an application.
 * @throws ApplicationUnknown when there is none with this merchant id, or the secret is another's.
 */
export async function requireApplicant(tx: Tx, { merchantId, secret }: Applicant): Promise<void> {
  const application = isMerchantId(merchantId) ? await readApplication(tx, merchantId) : undefined;
  if (!application || !timingSafeEqual(hashKey(secret), application.secretHash)) throw new ApplicationUnknown();
}
