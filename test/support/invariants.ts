import type { Database } from '../../src/kernel/db/database.ts';
import { MovementStatus, PaymentStatus, TransactionStatus } from '../../src/kernel/db/generated/prisma/enums.ts';
import { describeFault } from '../../src/ledger/model.ts';
import { verifyLedger } from '../../src/ledger/verify-ledger.ts';
import { mayMovePayment } from '../../src/payments/model.ts';
import { mayMoveMovement, mayMoveTransaction } from '../../src/transactions/model.ts';

/**
 * Each finds the rows that break one sentence; all must find none. `$1` is the shop to look at, or null for all.
 * Amounts are compared exactly, so a missing grosz is found.
 */
const checks: Record<string, string> = {
  'a posting moves a positive amount between two accounts of its currency': `
    select p.id from posting p join account f on f.id = p.from_id join account t on t.id = p.to_id
    where (p.amount <= 0 or f.currency <> p.currency or t.currency <> p.currency or f.id = t.id)
      and coalesce($1::uuid::text in (f.owner, t.owner), true)`,
  'a balance row is the sum of the postings of its account': `
    select a.owner, b.amount from account_balance b join account a on a.id = b.account_id
    where a.owner = coalesce($1::uuid::text, a.owner)
      and b.amount <> coalesce((select sum(p.amount) from posting p where p.to_id = a.id), 0)
        - coalesce((select sum(p.amount) from posting p where p.from_id = a.id), 0)`,
  'the balance of a shop is what it sold, less shares, refunds, commissions, payouts and lost disputes': `
    select a.owner, b.amount from account_balance b join account a on a.id = b.account_id and a.kind = 'SHOP'
    where a.owner = coalesce($1::uuid::text, a.owner) and b.amount <>
      (select coalesce(sum(t.settled_amount), 0) from transaction t
        where t.shop_id = a.owner::uuid and t.currency = a.currency)
      - (select coalesce(sum(p.amount), 0) from capture c join posting p on p.capture_id = c.id and p.kind = 'SALE'
        join account g on g.id = p.to_id and g.kind = 'RECIPIENT'
        where c.shop_id = a.owner::uuid and c.currency = a.currency)
      - (select coalesce(sum(r.amount - coalesce(s.amount, 0)), 0) from refund r
        left join (select refund_id, sum(amount) as amount from refund_share group by refund_id) s on s.refund_id = r.id
        where r.shop_id = a.owner::uuid and r.currency = a.currency and r.status <> 'REJECTED')
      - (select coalesce(sum(p.commission + case p.status when 'RETURNED' then 0 else p.net end), 0) from payout p
        where p.account_owner = a.owner and p.currency = a.currency)
      - (select coalesce(sum(d.amount), 0) from dispute d
        where d.shop_id = a.owner::uuid and d.currency = a.currency and d.status = 'LOST')`,
  'the balance of a recipient is his shares, less refunds, commissions and payouts': `
    select a.owner, b.amount from account_balance b join account a on a.id = b.account_id and a.kind = 'RECIPIENT'
    where $1::uuid is null and b.amount <>
      (select coalesce(sum(p.amount), 0) from posting p where p.to_id = a.id and p.kind = 'SALE')
      - (select coalesce(sum(s.amount), 0) from refund r join refund_share s on s.refund_id = r.id
        where s.recipient_id = a.owner::uuid and r.currency = a.currency and r.status <> 'REJECTED')
      - (select coalesce(sum(p.commission + case p.status when 'RETURNED' then 0 else p.net end), 0) from payout p
        where p.account_owner = a.owner and p.currency = a.currency)`,
  'what recipients bear of a commission their shop does not': `
    select c.transaction_id from commission_adjustment c where c.shop_id = coalesce($1::uuid, c.shop_id)
      and c.refund_id is null group by c.transaction_id having sum(c.amount) <> 0`,
  'a payout begins behind the one before it, with what that one left': `
    select p.id from (select *, lag(row(postings_through, commissions_through, adjustments_through, carried_out))
      over (partition by account_owner, currency order by business_day) as before from payout) p
    where p.account_owner = coalesce($1::uuid::text, p.account_owner)
      and row(p.postings_after, p.commissions_after, p.adjustments_after, p.carried_in)::text
        <> coalesce(p.before::text, '(0,0,0,0)')`,
  'the sums of a payout are those of what it takes up': `
    select p.id from payout p join account a on a.owner = p.account_owner and a.currency = p.currency
    cross join lateral (
      select coalesce(sum(case when s.to_id = a.id then s.amount else -s.amount end), 0) as moved from posting s
      where a.id in (s.to_id, s.from_id) and s.kind not in ('PAYOUT', 'COMMISSION')
        and s.id > p.postings_after and s.id <= p.postings_through) m
    cross join lateral (
      select (select coalesce(sum(c.amount), 0) from commission c where c.shop_id = p.shop_id and c.currency = p.currency
          and c.number > p.commissions_after and c.number <= p.commissions_through)
        + (select coalesce(sum(c.amount), 0) from commission_adjustment c where c.account_owner = p.account_owner
          and c.currency = p.currency and c.number > p.adjustments_after and c.number <= p.adjustments_through)
        as charged) c
    where p.account_owner = coalesce($1::uuid::text, p.account_owner)
      and (m.moved <> p.gross - p.refunds + p.returned or c.charged <> p.commission)`,
  'a payout is posted as its state says': `
    select p.id, p.status from payout p where p.account_owner = coalesce($1::uuid::text, p.account_owner)
      and array(select s.kind || ' ' || s.amount from posting s where s.payout_id = p.id order by s.kind::text) not in (
        select case when p.commission = 0 then '{}' else array['COMMISSION ' || abs(p.commission)] end
          || array['PAYOUT ' || p.net]
          || case when p.settled_at is null then '{}' else array['PAYOUT_CONFIRMED ' || p.net] end
          || coalesce((select array['PAYOUT_FEE ' || (p.net - e.released_amount)] from statement_entry e
            where e.payout_id = p.id and e.direction = 'CREDIT' and e.status = 'BOOKED'
              and e.released_amount between 1 and p.net - 1), '{}')
          || coalesce((select array['PAYOUT_FEE ' || (p.net - e.taken_back_amount)] from statement_entry e
            join statement_entry d on d.payout_id = e.payout_id and d.direction = 'DEBIT' and d.status = 'BOOKED'
            where e.payout_id = p.id and p.sent_at is null and e.taken_back_amount = e.amount and e.amount < p.net), '{}')
          || case when p.reinstated_at is null then '{}' else array['PAYOUT_REINSTATED ' || p.net] end
          || case when p.status = 'RETURNED' or p.reinstated_at is not null then array['PAYOUT_RETURNED ' || p.net] else '{}' end
          || case when p.status = 'RETURNED' and p.reinstated_at is not null then array['PAYOUT_SENT_BACK ' || p.net] else '{}' end)`,
  'a file for the bank hands over what it says, unless it was rejected, and is what its checksum is of': `
    select f.id from bank_file f left join payout p on p.bank_file_id = f.id
    where $1::uuid is null group by f.id
    having f.sha256 <> sha256(convert_to(f.content, 'UTF8'))
      or (count(p.id), coalesce(sum(p.net), 0)) <> (case f.status when 'REJECTED' then (0::bigint, 0::numeric)
        else (f.transactions::bigint, f.sum::numeric) end)
      or bool_or(position(replace(p.id::text, '-', '') || '</EndToEndId>' in f.content) = 0)`,
  'all balances of a currency sum to zero': `
    select currency from (select f.currency, -p.amount as amount from posting p join account f on f.id = p.from_id
      union all select t.currency, p.amount from posting p join account t on t.id = p.to_id) as side
    where $1::uuid is null group by currency having sum(amount) <> 0`,
  'refunds of a transaction sum to at most what it settled': `
    select t.id from transaction t join refund r on r.transaction_id = t.id and r.status <> 'REJECTED'
    where t.shop_id = coalesce($1::uuid, t.shop_id) group by t.id having sum(r.amount) > t.settled_amount`,
  'what is counted as refunded is the sum of the refunds that were not refused': `
    select t.id, t.refunded_amount from transaction t
    where t.shop_id = coalesce($1::uuid, t.shop_id) and t.refunded_amount <>
      (select coalesce(sum(r.amount), 0) from refund r where r.transaction_id = t.id and r.status <> 'REJECTED')
    union all
    select p.id, p.refunded_amount from payment p
    where p.shop_id = coalesce($1::uuid, p.shop_id) and p.refunded_amount <>
      (select coalesce(sum(t.refunded_amount), 0) from transaction t where t.payment_id = p.id and not t.surplus)`,
  'a refund is posted once when it is ordered, and once when it ends, from its shop and its acquirer': `
    select r.id, r.status from refund r join transaction t on t.id = r.transaction_id
    where r.shop_id = coalesce($1::uuid, r.shop_id)
      and array(select p.kind || ' ' || f.kind || ' ' || f.owner || ' ' || g.kind || ' ' || g.owner || ' ' || p.amount
        from posting p join account f on f.id = p.from_id join account g on g.id = p.to_id
        where p.refund_id = r.id order by 1)
      <> array(
        with bearer as (
          select 'RECIPIENT ' || s.recipient_id as owner, s.amount from refund_share s where s.refund_id = r.id
          union all select 'SHOP ' || r.shop_id, r.amount
            - (select coalesce(sum(s.amount), 0) from refund_share s where s.refund_id = r.id)
        )
        select 'REFUND_ORDERED ' || owner || ' REFUNDS ' || t.acquirer || ' ' || amount from bearer where amount > 0
        union all select 'REFUND_REJECTED REFUNDS ' || t.acquirer || ' ' || owner || ' ' || amount from bearer
          where amount > 0 and r.status = 'REJECTED'
        union all select 'REFUND_SETTLED REFUNDS ' || t.acquirer || ' ACQUIRER ' || t.acquirer || ' ' || r.amount
          where r.status = 'SETTLED'
        order by 1)`,
  'a payment is settled by one transaction that is not surplus, and only then': `
    select p.id, p.status from payment p left join transaction t
      on t.payment_id = p.id and t.status = 'SETTLED' and not t.surplus
    where p.shop_id = coalesce($1::uuid, p.shop_id)
    group by p.id having count(t.id) <> (case when p.status = 'SETTLED' then 1 else 0 end)`,
  'a payment has at most one live attempt': `
    select payment_id from transaction
    where status in ('NEW', 'PENDING', 'AUTHORIZED', 'SUBMITTED', 'UNKNOWN') and shop_id = coalesce($1::uuid, shop_id)
    group by payment_id having count(*) > 1`,
  'a pending payment has a live attempt': `
    select p.id from payment p where p.shop_id = coalesce($1::uuid, p.shop_id) and p.status = 'PENDING'
      and not exists (select from transaction t where t.payment_id = p.id
        and t.status in ('NEW', 'PENDING', 'AUTHORIZED', 'SUBMITTED', 'UNKNOWN'))`,
  'what a transaction settled is what its captures took, each posted once': `
    select t.id from transaction t left join capture c on c.transaction_id = t.id and c.status = 'SETTLED'
      left join lateral (select sum(p.amount) as amount from posting p where p.capture_id = c.id and p.kind = 'SALE') p
        on true
    where t.shop_id = coalesce($1::uuid, t.shop_id)
    group by t.id having coalesce(sum(c.amount), 0) <> t.settled_amount
      or bool_or(c.amount is distinct from p.amount)`,
  'what is counted as captured is the sum of the captures that were not refused': `
    select t.id, t.captured_amount from transaction t
    where t.shop_id = coalesce($1::uuid, t.shop_id) and t.captured_amount <>
      (select coalesce(sum(c.amount), 0) from capture c where c.transaction_id = t.id and c.status <> 'REJECTED')`,
  'a transaction is settled when nothing of it is authorised any more': `
    select t.id, t.status from transaction t where t.shop_id = coalesce($1::uuid, t.shop_id) and (
      (t.status = 'SUBMITTED') <> (t.status in ('AUTHORIZED', 'SUBMITTED') and t.captured_amount = t.amount)
      or t.status not in ('AUTHORIZED', 'SUBMITTED') and t.captured_amount <> t.settled_amount
      or t.status not in ('AUTHORIZED', 'SUBMITTED', 'SETTLED') and t.settled_amount <> 0)`,
  'an authorised payment has an authorised attempt': `
    select p.id from payment p where p.shop_id = coalesce($1::uuid, p.shop_id) and p.status = 'AUTHORIZED'
      and not exists (select from transaction t where t.payment_id = p.id and t.status in ('AUTHORIZED', 'SUBMITTED'))`,
  'what is held for a transaction lies in suspense': `
    select t.id, t.held_amount from transaction t
    where t.shop_id = coalesce($1::uuid, t.shop_id) and t.held_amount <>
      (select coalesce(sum(case when f.kind = 'ACQUIRER' and g.kind = 'SUSPENSE' then p.amount
          when f.kind = 'SUSPENSE' and g.kind = 'ACQUIRER' then -p.amount end), 0)
        from posting p join account f on f.id = p.from_id join account g on g.id = p.to_id where p.held_for_id = t.id)`,
  'every settled transaction has one commission, half up of what it settled': `
    select t.id from transaction t left join commission c on c.transaction_id = t.id
    where t.shop_id = coalesce($1::uuid, t.shop_id) and ((t.status = 'SETTLED') <> (c.transaction_id is not null)
      or c.base <> t.settled_amount or c.amount <> (c.base * c.rate_ppm + 500000) / 1000000)`,
  'the log of a shop is numbered 1, 2, 3, … without a gap, and its counter is its end': `
    select c.shop_id from shop_counter c left join event e on e.shop_id = c.shop_id
    where c.shop_id = coalesce($1::uuid, c.shop_id)
    group by c.shop_id having count(e.number) <> c.last_number or count(distinct e.number) <> c.last_number
      or coalesce(max(e.number), 0) <> c.last_number or coalesce(min(e.number), 1) <> 1`,
  'the last event of a payment tells its state': `
    select p.id, p.status from payment p where p.shop_id = coalesce($1::uuid, p.shop_id)
      and p.status::text is distinct from (select data -> 'payment' ->> 'status'
        from event e where e.payment_id = p.id and e.shop_id = p.shop_id and e.type::text like 'PAYMENT%'
        order by number desc limit 1)`,
  'the last event of a transaction tells its state': `
    select t.id, t.status from transaction t where t.shop_id = coalesce($1::uuid, t.shop_id)
      and row(t.status::text, t.late, t.surplus) is distinct from
      (select row(data -> 'transaction' ->> 'status', coalesce((data -> 'transaction' -> 'late')::boolean, false),
        coalesce((data -> 'transaction' -> 'surplus')::boolean, false))
      from event e where e.payment_id = t.payment_id and e.transaction_id = t.id
        and coalesce(e.refund_id, e.capture_id, e.void_id) is null
      order by number desc limit 1)`,
  'the last event of a refund tells its state': `
    select r.id, r.status from refund r join transaction t on t.id = r.transaction_id
    where r.shop_id = coalesce($1::uuid, r.shop_id) and row(r.status::text, r.acquirer_code) is distinct from
      (select row(data -> 'refund' ->> 'status', data -> 'refund' ->> 'code') from event e
      where e.payment_id = t.payment_id and e.transaction_id = t.id and e.refund_id = r.id order by number desc limit 1)`,
  'the last event of a payout tells its state': `
    select p.id, p.status from payout p where p.shop_id = coalesce($1::uuid, p.shop_id) and p.shop_id is not null
      and row(p.status::text, p.return_reason) is distinct from
      (select row(data -> 'payout' ->> 'status', data -> 'payout' ->> 'reason') from event e
      where e.shop_id = p.shop_id and e.payout_id = p.id order by number desc limit 1)`,
  'the last event of a capture or void tells its state': `
    select m.id, m.status from (
      select id, shop_id, transaction_id, status, acquirer_code, 'capture' as noun from capture
        where idempotency_key <> 'settlement:' || transaction_id
      union all select id, shop_id, transaction_id, status, acquirer_code, 'void' from transaction_void) m
    join transaction t on t.id = m.transaction_id
    where m.shop_id = coalesce($1::uuid, m.shop_id) and row(m.status::text, m.acquirer_code) is distinct from
      (select row(data -> m.noun ->> 'status', data -> m.noun ->> 'code') from event e
      where e.payment_id = t.payment_id and m.id = coalesce(e.capture_id, e.void_id) order by number desc limit 1)`,
  'what belongs to a payment belongs to its shop': `
    select e.number::text from event e join payment p on p.id = e.payment_id
      where p.shop_id <> e.shop_id and p.shop_id = coalesce($1::uuid, p.shop_id)
    union all select t.id::text from transaction t join payment p on p.id = t.payment_id
      where p.shop_id <> t.shop_id and p.shop_id = coalesce($1::uuid, p.shop_id)
    union all select c.id::text from capture c join transaction t on t.id = c.transaction_id
      where t.shop_id <> c.shop_id and t.shop_id = coalesce($1::uuid, t.shop_id)
    union all select p.id::text from capture c join posting p on p.capture_id = c.id and p.kind = 'SALE'
      join account a on a.id = p.to_id and a.kind = 'SHOP'
      where a.owner <> c.shop_id::text and c.shop_id = coalesce($1::uuid, c.shop_id)`,
  'nothing that looks like a card number or tells who the payer is stands in an event': `
    select e.number from event e left join payment p on p.id = e.payment_id
    where e.shop_id = coalesce($1::uuid, e.shop_id)
      and (e.data::text ~ '[0-9]{13,19}' or strpos(e.data::text, p.customer_last_name) > 0)`,
  'a link counts the payments it made and those that take a use, and these are no more than it may make': `
    select l.id, l.made, l.uses from payment_link l
    left join lateral (select count(*) as made, count(*) filter (where p.status <> 'EXPIRED'
      or exists (select from transaction t where t.payment_id = p.id)) as uses
      from payment p where p.link_id = l.id) c on true
    where l.shop_id = coalesce($1::uuid, l.shop_id)
      and (l.made <> c.made or l.uses <> c.uses or l.uses > l.uses_max)`,
  'an unpaid payment has a timer to expire by, and no other has': `
    select p.id, p.status from payment p left join timer t on t.kind = 'expire-payment' and t.subject = p.id::text
    where p.shop_id = coalesce($1::uuid, p.shop_id)
      and (t.kind is not null) <> (p.status in ('NEW', 'PENDING') and p.valid_until < '9999-12-31')`,
  'an attempt without an answer has a timer to ask by, and no other has but one that was cancelled or given up': `
    select x.id, x.status from transaction x left join timer t on t.kind = 'ask-acquirer' and t.subject = x.id::text
    where x.shop_id = coalesce($1::uuid, x.shop_id) and x.status <> 'CANCELLED' and x.reason is distinct from 'NO_ANSWER'
      and (t.kind is not null) <> (x.status in ('PENDING', 'UNKNOWN'))`,
  'authorised money has a timer to run out by, and nothing else has': `
    select x.id, x.status from transaction x
    left join timer t on t.kind = 'expire-authorization' and t.subject = x.id::text
    where x.shop_id = coalesce($1::uuid, x.shop_id)
      and (t.kind is not null) <> (x.status in ('AUTHORIZED', 'SUBMITTED'))`,
  'a capture or void without an end has a timer to ask by, and no other has': `
    select m.id, m.status from (select id, shop_id, status, 'ask-capture' as kind from capture
      union all select id, shop_id, status, 'ask-void' from transaction_void) m
    left join timer t on t.kind = m.kind and t.subject = m.id::text
    where m.shop_id = coalesce($1::uuid, m.shop_id) and (t.kind is not null) <> (m.status in ('PENDING', 'UNKNOWN'))`,
  'a refund without an end has a timer to ask by, and no other has': `
    select r.id, r.status from refund r left join timer t on t.kind = 'ask-refund' and t.subject = r.id::text
    where r.shop_id = coalesce($1::uuid, r.shop_id) and (t.kind is not null) <> (r.status in ('PENDING', 'UNKNOWN'))`,
};

/**
 * Says which of the domain's invariants the database breaks, each with the first rows that show it; an empty list is
 * the only good answer. Nothing may be under way meanwhile.
 * @param shopId look at this shop alone.
 */
export async function brokenInvariants(database: Database, shopId?: string): Promise<string[]> {
  const broken: string[] = [];
  for (const [sentence, text] of Object.entries(checks)) {
    const { rows } = await database.pool.query<object>(text, [shopId ?? null]);
    if (rows.length > 0) broken.push(`${sentence}: ${rows.slice(0, 3).map(show).join(', ')}`);
  }
  // What operators verify sees the whole database, and must find nothing in what our own checks call right.
  if (shopId === undefined) await verifyLedger(database.url, (fault) => broken.push(describeFault(fault)));
  return [...broken, ...(await illegalMoves(database, shopId))];
}

/** Every move that the log tells must be one that the table of states allows. */
async function illegalMoves(database: Database, shopId: string | undefined): Promise<string[]> {
  const { rows } = await database.pool.query<{
    noun: 'payment' | 'transaction' | 'capture' | 'void' | 'refund';
    before: string;
    after: string;
  }>(
    `
    select distinct noun, before, after from (
      select 'payment' as noun, data -> 'payment' ->> 'status' as after,
        lag(data -> 'payment' ->> 'status') over (partition by payment_id order by number) as before
      from event where type::text like 'PAYMENT%' and shop_id = coalesce($1::uuid, shop_id)
      union all
      select 'transaction', data -> 'transaction' ->> 'status',
        lag(data -> 'transaction' ->> 'status') over (partition by transaction_id order by number)
      from event where type::text like 'TRANSACTION%' and shop_id = coalesce($1::uuid, shop_id)
      union all
      select 'refund', data -> 'refund' ->> 'status',
        lag(data -> 'refund' ->> 'status') over (partition by refund_id order by number)
      from event where type::text like 'REFUND%' and shop_id = coalesce($1::uuid, shop_id)
      union all
      select 'capture', data -> 'capture' ->> 'status',
        lag(data -> 'capture' ->> 'status') over (partition by capture_id order by number)
      from event where type::text like 'CAPTURE%' and shop_id = coalesce($1::uuid, shop_id)
      union all
      select 'void', data -> 'void' ->> 'status',
        lag(data -> 'void' ->> 'status') over (partition by void_id order by number)
      from event where type::text like 'VOID%' and shop_id = coalesce($1::uuid, shop_id)) as told
    where before is not null and (before <> after or noun <> 'transaction')`,
    [shopId ?? null],
  );
  const movements = { capture: movementMoves, void: movementMoves, refund: movementMoves };
  const legal = { payment: paymentMoves, transaction: transactionMoves, ...movements };
  return rows
    .filter(({ noun, before, after }) => !legal[noun](before, after))
    .map(({ noun, before, after }) => `the log tells that a ${noun} moved from ${before} to ${after}`);
}

function paymentMoves(before: string, after: string): boolean {
  const statuses: Record<string, PaymentStatus> = PaymentStatus;
  const [from, to] = [statuses[before], statuses[after]];
  return from !== undefined && to !== undefined && mayMovePayment(from, to);
}

function transactionMoves(before: string, after: string): boolean {
  const statuses: Record<string, TransactionStatus> = TransactionStatus;
  const [from, to] = [statuses[before], statuses[after]];
  return from !== undefined && to !== undefined && mayMoveTransaction(from, to);
}

function movementMoves(before: string, after: string): boolean {
  const statuses: Record<string, MovementStatus> = MovementStatus;
  const [from, to] = [statuses[before], statuses[after]];
  return from !== undefined && to !== undefined && mayMoveMovement(from, to);
}

function show(row: object): string {
  return Object.values(row).join(' ');
}
