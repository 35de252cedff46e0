import type { Tx } from '../../kernel/db/database.ts';

/** One thing that somebody did and that must be known for good. */
export type AuditEntry = {
  readonly at: Date;
  readonly merchantId: string;
  /** Who did it: `key:` and the id of the API key or token. */
  readonly actor: string;
  readonly action: string;
  /** What it was done to. */
  readonly subject: string;
  readonly data: object;
};

/**
 * Writes an entry at the end of the audit log, in the transaction of what it tells of. Each hash covers the one before it
 * (SHA-256, 32 zero bytes before the first) and the entry as PostgreSQL writes its JSON, so that nothing can be changed
 * or taken out without a trace. Writers wait for each other until the transaction ends; entries are rare.
 */
export async function appendEntry(tx: Tx, entry: AuditEntry): Promise<void> {
  await tx.query({
    name: 'lock-audit-log',
    text: `select pg_advisory_xact_lock(hashtextextended('audit_entry', 0))`,
    values: [],
  });
  await tx.query({
    name: 'append-audit-entry',
    text: `
      insert into audit_entry (sequence, at, merchant_id, actor, action, subject, data, previous, hash)
      select next.sequence, $1::timestamptz, $2::text, $3::text, $4::text, $5::text, $6::jsonb, next.previous,
        sha256(next.previous || convert_to(jsonb_build_array(next.sequence, floor(extract(epoch from $1::timestamptz) * 1000),
          $2::text, $3::text, $4::text, $5::text, $6::jsonb)::text, 'UTF8'))
      from (
        select coalesce(max(sequence), 0) + 1 as sequence,
          coalesce((select hash from audit_entry order by sequence desc limit 1), decode(repeat('00', 32), 'hex')) as previous
        from audit_entry
      ) next`,
    values: [entry.at, entry.merchantId, entry.actor, entry.action, entry.subject, JSON.stringify(entry.data)],
  });
}
