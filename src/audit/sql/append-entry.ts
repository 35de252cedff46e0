import type { Tx } from '../../kernel/db/database.ts';

/** One thing that somebody did and that must be known for good. */
export type AuditEntry = {
  readonly at: Date;
  /** Whose affair it is; null: nobody's in particular. */
  readonly merchantId: string | null;
  /** Who did it: `key:` and the id of an API key or token, `operator:` and that of an operator's key, `applicant`, `gateway`. */
  readonly actor: string;
  readonly action: string;
  /** What it was done to. */
  readonly subject: string;
  readonly data: object;
};

/**
 * Writes an entry at the end of the audit log, in the transaction of what it tells of. Each hash covers the one before it
 * (SHA-256, 32 zero bytes before the first) and the entry as PostgreSQL writes its JSON, so that nothing can be changed
 * or taken out without a trace. Writers wait for each other until the transaction ends, so it is the last thing that a
 * transaction locks; entries are rare. What cannot be entered is not done.
 */
export async function appendEntry(tx: Tx, entry: AuditEntry): Promise<void> {
  const written = await tx.query({
    name: 'append-audit-entry',
    text: `
      with head as materialized (
        select sequence + 1 as sequence, hash as previous from audit_head for no key update
      )
      insert into audit_entry (sequence, at, merchant_id, actor, action, subject, data, previous, hash)
      select head.sequence, $1::timestamptz, $2::text, $3::text, $4::text, $5::text, $6::jsonb, head.previous,
        sha256(head.previous || convert_to(jsonb_build_array(head.sequence,
          floor(extract(epoch from $1::timestamptz) * 1000), $2::text, $3::text, $4::text, $5::text, $6::jsonb)::text, 'UTF8'))
      from head returning sequence`,
    values: [entry.at, entry.merchantId, entry.actor, entry.action, entry.subject, JSON.stringify(entry.data)],
  });
  if (written.length === 0)
    throw new Error('The row that says where the audit log ends is missing; see docs/audit.md.');
}
