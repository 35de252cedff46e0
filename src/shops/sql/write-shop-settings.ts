import type { Tx } from '../../kernel/db/database.ts';
import type { ShopSettings } from '../model.ts';

/** Writes the settings that are given; the flags tell "leave it" from "clear it". */
export async function writeShopSettings(
  tx: Tx,
  change: { readonly shopId: string; readonly at: Date; readonly settings: ShopSettings },
): Promise<void> {
  const { settings } = change;
  await tx.query({
    name: 'write-shop-settings',
    text: `
      update shop set
        name = coalesce($3::text, name),
        notification_url = case when $4::boolean then $5::text else notification_url end,
        locale = coalesce($6::text, locale),
        payment_validity_seconds = case when $7::boolean then $8::int else payment_validity_seconds end,
        sandbox_delay_ms = coalesce($9::int, sandbox_delay_ms),
        capture_mode = coalesce($10::capture_mode, capture_mode),
        updated_at = $2::timestamptz
      where id = $1::uuid`,
    values: [
      change.shopId,
      change.at,
      settings.name?.trim() ?? null,
      settings.notificationUrl !== undefined,
      settings.notificationUrl ?? null,
      settings.locale ?? null,
      settings.paymentValiditySeconds !== undefined,
      settings.paymentValiditySeconds ?? null,
      settings.sandboxDelayMs ?? null,
      settings.captureMode ?? null,
    ],
  });
}

/** Writes where a shop sells. */
export async function writeShopAddress(
  tx: Tx,
  { shopId, url, at }: { readonly shopId: string; readonly url: string; readonly at: Date },
): Promise<void> {
  await tx.query({
    name: 'write-shop-address',
    text: 'update shop set url = $2::text, updated_at = $3::timestamptz where id = $1::uuid',
    values: [shopId, url, at],
  });
}
