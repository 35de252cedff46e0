import type { Tx } from '../../kernel/db/database.ts';

/** Reads the sealed service key of a shop with which notifications are signed now; undefined when it has none. */
export async function readCurrentServiceKey(tx: Tx, shopId: string): Promise<Uint8Array | undefined> {
  const [row] = await tx.query<{ sealed: Uint8Array }>({
    name: 'read-current-service-key',
    text: 'select sealed from service_key where shop_id = $1::uuid and valid_until is null',
    values: [shopId],
  });
  return row?.sealed;
}
