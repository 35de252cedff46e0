import type { Tx } from '../kernel/db/database.ts';
import type { SupportMessage } from '../kernel/db/generated/prisma/client.ts';

const columns = `id, merchant_id as "merchantId", shop_id as "shopId", idempotency_key as "idempotencyKey",
  input_hash as "inputHash", text, new_url as "newUrl", status, answer, created_at as "createdAt",
  updated_at as "updatedAt"`;

/** Writes a message; false when the merchant has one under this key. */
export async function insertMessage(tx: Tx, message: SupportMessage): Promise<boolean> {
  const rows = await tx.query<{ id: string }>({
    name: 'insert-support-message',
    text: `
      insert into support_message (id, merchant_id, shop_id, idempotency_key, input_hash, text, new_url, status, created_at,
        updated_at)
      values ($1::uuid, $2::text, $3::uuid, $4::text, $5::bytea, $6::text, $7::text, $8::support_message_status,
        $9::timestamptz, $10::timestamptz)
      on conflict (merchant_id, idempotency_key) do nothing
      returning id`,
    values: [
      ...[message.id, message.merchantId, message.shopId, message.idempotencyKey, message.inputHash, message.text],
      ...[message.newUrl, message.status, message.createdAt, message.updatedAt],
    ],
  });
  return rows.length === 1;
}

/** Finds the message that a merchant sent under a key. */
export async function findMessageByKey(tx: Tx, merchantId: string, key: string): Promise<SupportMessage | undefined> {
  const [row] = await tx.query<SupportMessage>({
    name: 'find-support-message-by-key',
    text: `select ${columns} from support_message where merchant_id = $1::text and idempotency_key = $2::text`,
    values: [merchantId, key],
  });
  return row;
}

/** Reads a message of any merchant. */
export async function readMessage(tx: Tx, id: string): Promise<SupportMessage | undefined> {
  const [row] = await tx.query<SupportMessage>({
    name: 'read-support-message',
    text: `select ${columns} from support_message where id = $1::uuid`,
    values: [id],
  });
  return row;
}

/** Ends a message that is open, by compare-and-set; undefined when it is no more. */
export async function endMessage(
  tx: Tx,
  end: Pick<SupportMessage, 'id' | 'status' | 'answer'> & { readonly at: Date },
): Promise<SupportMessage | undefined> {
  const [row] = await tx.query<SupportMessage>({
    name: 'end-support-message',
    text: `
      update support_message set status = $2::support_message_status, answer = $3::text, updated_at = $4::timestamptz
      where id = $1::uuid and status = 'OPEN'
      returning ${columns}`,
    values: [end.id, end.status, end.answer, end.at],
  });
  return row;
}
