import { routes } from '../accounts.ts';
import type { Check } from '../model.ts';

/** The chart of accounts as a relation; `$1` to `$5` are its columns. */
const chart = `
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[])
    as rule (kind, about, from_kind, to_kind, one_owner)`;

const named = `
  'posting ' || p.id || ' (' || p.kind || coalesce(' of capture ' || p.capture_id, '')
    || coalesce(' of refund ' || p.refund_id, '') || coalesce(' of payout ' || p.payout_id, '')
    || coalesce(' of transaction ' || p.held_for_id, '') || coalesce(' of entry ' || p.entry_id, '') || ') from ' || coalesce(f.kind || ' ' || f.owner, 'nowhere')
    || ' to ' || coalesce(g.kind || ' ' || g.owner, 'nowhere')`;

/** What is checked of postings by themselves; those in `subject`, which has all their columns. */
export const postingChecks: readonly Check[] = [
  {
    name: 'posting_form',
    sentence: 'a posting moves a positive amount between two accounts of its currency (invariant 1)',
    sql: `
      select ${named} as subject, null as owner, p.currency, p.amount as found, null::bigint as expected
      from subject p left join account f on f.id = p.from_id left join account g on g.id = p.to_id
      where p.amount <= 0 or f.currency is distinct from p.currency or g.currency is distinct from p.currency
        or f.id = g.id`,
  },
  {
    name: 'posting_route',
    values: [
      routes.map((route) => route.kind),
      routes.map((route) => route.about),
      routes.map((route) => route.fromKind),
      routes.map((route) => route.toKind),
      routes.map((route) => route.oneOwner),
    ],
    sentence: 'a posting goes a way that the chart of accounts knows, and names what it is about',
    sql: `
      select ${named} as subject, null as owner, p.currency, p.amount as found, null::bigint as expected
      from subject p join account f on f.id = p.from_id join account g on g.id = p.to_id
      left join (${chart}) rule
        on rule.kind = p.kind::text and rule.from_kind = f.kind::text and rule.to_kind = g.kind::text
      where rule.kind is null or (rule.one_owner and f.owner <> g.owner)
        or (rule.about = 'capture_id') <> (p.capture_id is not null)
        or (rule.about = 'refund_id') <> (p.refund_id is not null)
        or (rule.about = 'payout_id') <> (p.payout_id is not null)
        or (rule.about = 'held_for_id') <> (p.held_for_id is not null)
        or (rule.about = 'entry_id') <> (p.entry_id is not null)`,
  },
];
