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
        url = case when $4::boolean then $5::text else url end,
        notification_url = case when $6::boolean then $7::text else notification_url end,
        locale = coalesce($8::text, locale),
        payment_validity_seconds = case when $9::boolean then $10::int else payment_validity_seconds end,
        sandbox_delay_ms = coalesce($11::int, sandbox_delay_ms),
        capture_mode = coalesce($12::capture_mode, capture_mode),
        updated_at = $2::timestamptz
      where id = $1::uuid`,
    values: [
      change.shopId,
      change.at,
      settings.name?.trim() ?? null,
      settings.url !== undefined,
      settings.url ?? null,
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
