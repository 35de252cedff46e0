/**
 * A movement `e` that names a payout `p` and is a bank's doing: money that went out, a reversal, a return with its reason, or most
 * of the money of the payout, in its currency, which comes back less a fee when a statement (MT940) gives no reason. Anybody can
 * send us a transfer of 0.01, or of 100.00 in a currency worth less, whose title names a payout.
 */
const isOfBank = `(e.direction = 'DEBIT' or e.is_reversal or e.return_reason is not null or (e.currency = p.currency and e.amount > p.net / 2))`;

/**
 * A payout `p` that our bank has executed as its statement says, though by our books it was not sent, or not with this amount: an
 * operator has to look into that. Money that came back, perhaps less a fee, went out before.
 */
export const isNamedByHeld = `exists (select from statement_entry e where e.payout_id = p.id and e.status = 'HELD' and ${isOfBank})`;

/**
 * The payout that a movement `e` names, as `namedIdOf` of transfers/model.ts says when it is booked; one that names nothing has
 * an id of nobody, for null would make the answer unknown.
 */
const namedId = `coalesce(substring(e.end_to_end_id from '^[0-9a-fA-F]{32}$'),
          substring(e.title from '(?<![0-9a-zA-Z])[0-9a-fA-F]{32}(?![0-9a-zA-Z])'),
          '00000000-0000-0000-0000-000000000000')::uuid`;

/**
 * A payout `p` that a movement on our account names which is kept and not booked yet, so nobody knows so far what our bank did.
 * Such movements are few, and are read once for all payouts, by their index: half a second while all 50,000 of the largest file wait.
 */
const isNamedByUnbooked = `p.id in (select ${namedId} from statement_entry e where e.status = 'NEW')`;

/** A payout `p` that our bank may have executed: if it went out now, or once more, it might be paid twice. */
export const isInDoubt = `(${isNamedByHeld} or ${isNamedByUnbooked})`;

/**
 * Payouts that were cancelled, and that our bank executed all the same as a debit says which is held or not booked yet; and those
 * that came back, and that it executed once more, as one of their whole amount says which is held: their receivers are owed again
 * what they may have, on whichever account. Read from the debits, which are few.
 */
export const returnedInDoubt = `
    select c.id, c.account_owner, c.currency from payout c join statement_entry e on e.payout_id = c.id
    where c.status = 'RETURNED' and e.status = 'HELD' and e.direction = 'DEBIT'
      and (c.sent_at is null or (e.amount = c.net and e.currency = c.currency))
    union all
    select c.id, c.account_owner, c.currency from payout c
    where c.status = 'RETURNED' and c.sent_at is null and c.id in (
      select ${namedId} from statement_entry e where e.status = 'NEW' and e.direction = 'DEBIT')`;

/** A payout `r` that came back, and since then nobody has said that its account may be paid to again. */
export const holdsAccount = `r.status = 'RETURNED' and r.resumed_at is null`;

/** A payout `p` to an account from which one came back. */
const isToHeldAccount = `exists (select from payout r where r.merchant_id = p.merchant_id and r.currency = p.currency
        and r.iban = p.iban and ${holdsAccount})`;

/**
 * A payout `p` whose money its receiver has had by one that was cancelled and executed all the same, as was said after `p` was made:
 * with a file that was refused then, `p` waits again. Once his balance has made that good, it is owed to him. The balance comes
 * first: few are below zero, and only of these all payouts are read.
 */
export const isOverdrawn = `(coalesce((select b.amount from account a join account_balance b on b.account_id = a.id
        where a.kind = (case when p.shop_id is null then 'RECIPIENT' else 'SHOP' end)::account_kind
          and a.owner = p.account_owner and a.currency = p.currency), 0) < 0
      and exists (select from payout x where x.account_owner = p.account_owner and x.currency = p.currency
        and x.status = 'SETTLED' and x.reinstated_at >= p.created_at))`;

/** A payout `p` that waits and goes into no file for now. */
export const staysScheduled = `(${isInDoubt} or ${isToHeldAccount} or ${isOverdrawn}
        or (p.account_owner, p.currency) in (select d.account_owner, d.currency from (${returnedInDoubt}) d))`;
