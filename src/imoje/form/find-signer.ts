import { randomUUID } from 'node:crypto';
import { isUuid } from '../../kernel/ids.ts';
import { openIfOurs, type Seal } from '../../kernel/seal.ts';
import { type FormFields, verifyForm } from '../../kernel/signature.ts';
import type { PaymentDeps } from '../../payments/deps.ts';
import type { Shop } from '../../shops/model.ts';
import { readServiceKeys } from '../../shops/store.ts';
import { FormNotSigned } from '../errors.ts';

/** A form as it is read, and then what else its shop may have signed in its place. */
export type Readings = readonly [read: FormFields, ...others: FormFields[]];

/**
 * Finds the shop that a form names, and makes sure that this shop signed one of its readings, with any of its keys that are
 * good now. A key that was sealed with a secret that is lost signs nothing any more. For a shop that does not exist it does the
 * same work, with a key that nobody knows.
 * @returns the shop, and the reading that it signed.
 * @throws FormNotSigned.
 */
export async function findSigner(
  deps: { readonly payments: Pick<PaymentDeps, 'database' | 'clock' | 'shops'>; readonly seal: Seal },
  readings: Readings,
): Promise<{ readonly shop: Shop; readonly signed: FormFields }> {
  const [fields] = readings;
  const { payments, seal } = deps;
  const shopId = typeof fields.serviceId === 'string' && isUuid(fields.serviceId) ? fields.serviceId : randomUUID();
  const shop = await payments.shops.find(shopId);
  const sealed = await readServiceKeys(payments.database, shopId, payments.clock.now(shop));
  const keys = sealed.flatMap((key) => openIfOurs(seal, key, shopId) ?? []);
  const signed = readings.find((reading) => verifyForm(reading, keys.length > 0 ? keys : [randomUUID()]));
  if (!shop || !signed || fields.merchantId !== shop.merchantId) throw new FormNotSigned();
  return { shop, signed };
}
