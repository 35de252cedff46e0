import type { Check } from '../model.ts';

/** What is checked of entries of bank statements, whose ids are in `subject`. */
export const entryChecks: readonly Check[] = [
  {
    name: 'entry_posted',
    sentence:
      'the money of a transfer lies where its entry and its refunds say: with an acquirer, in suspense, or back at the bank',
    sql: `
      select 'entry ' || e.id || ' (' || due.place || ')' as subject, null as owner, e.currency,
        lying.amount as found, due.amount as expected
      from subject join statement_entry e on e.id = subject.id
      cross join lateral (
        select coalesce(sum(t.amount), 0)::bigint as amount from refund_transfer t join refund r on r.id = t.refund_id
        where t.entry_id = e.id and r.status = 'SETTLED') refunded
      cross join lateral (values ('ACQUIRER', e.applied_amount - refunded.amount), ('SUSPENSE', e.held_amount),
        ('BANK', refunded.amount - e.applied_amount - e.held_amount)) as due (place, amount)
      cross join lateral (
        select coalesce(sum(case when g.kind::text = due.place then p.amount else 0 end
          - case when f.kind::text = due.place then p.amount else 0 end), 0)::bigint as amount
        from posting p join account f on f.id = p.from_id join account g on g.id = p.to_id where p.entry_id = e.id
      ) lying
      where lying.amount <> due.amount`,
  },
];
