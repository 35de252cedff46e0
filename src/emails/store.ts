import { type Database, read, type Tx } from '../kernel/db/database.ts';
import type { Mail } from '../kernel/db/generated/prisma/client.ts';

/** Writes a new mail, unless there is one about the same report. @returns whether it was written. */
export async function insertMail(tx: Tx, mail: Omit<Mail, 'tries' | 'error' | 'sentAt'>): Promise<boolean> {
  const written = await tx.query<{ id: string }>({
    name: 'insert-mail',
    text: `
      insert into mail (id, merchant_id, report_id, recipient, subject, body, status, created_at, updated_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (report_id) do nothing returning id`,
    values: [
      ...[mail.id, mail.merchantId, mail.reportId, mail.recipient, mail.subject, mail.body, mail.status],
      ...[mail.createdAt, mail.updatedAt],
    ],
  });
  return written.length > 0;
}

/** A mail that waits, and how far its merchant's clock is ahead, in milliseconds. */
export type WaitingMail = Pick<Mail, 'id' | 'merchantId' | 'recipient' | 'subject' | 'body' | 'tries'> & {
  readonly clockOffsetMs: number;
};

/** Reads a mail that is still to be sent. */
export async function readWaitingMail(database: Database, id: string): Promise<WaitingMail | undefined> {
  const [mail] = await read<WaitingMail>(database, {
    name: 'read-waiting-mail',
    text: `
      select l.id, l.merchant_id as "merchantId", l.recipient, l.subject, l.body, l.tries,
        m.clock_offset_ms::float8 as "clockOffsetMs"
      from mail l join merchant m on m.id = l.merchant_id where l.id = $1::uuid and l.status = 'PENDING'`,
    values: [id],
  });
  return mail;
}

/** Writes what became of a try to send a mail that waits. @returns whether it still waited. */
export async function moveMail(
  tx: Tx,
  move: Pick<Mail, 'id' | 'status' | 'tries' | 'error' | 'sentAt' | 'updatedAt'>,
): Promise<boolean> {
  const moved = await tx.query<{ id: string }>({
    name: 'move-mail',
    text: `
      update mail set status = $2::mail_status, tries = $3::int, error = $4::text, sent_at = $5::timestamptz,
        updated_at = $6::timestamptz
      where id = $1::uuid and status = 'PENDING' returning id`,
    values: [move.id, move.status, move.tries, move.error, move.sentAt, move.updatedAt],
  });
  return moved.length > 0;
}

/** Where a report of a schedule is to be sent. */
export async function readRecipient(database: Database, reportId: string): Promise<string | undefined> {
  const [schedule] = await read<{ email: string }>(database, {
    name: 'read-mail-recipient',
    text: `select s.email from report r join report_schedule s on s.id = r.schedule_id where r.id = $1::uuid`,
    values: [reportId],
  });
  return schedule?.email;
}
