-- A migration of its own: the columns' locks out all readers of links until it ends, and this takes 2 µs for each payment of a link.
-- Nobody writes a payment between the count and the triggers. Links come first, as for all who write both.
lock table payment_link in share row exclusive mode;
lock table payment in share row exclusive mode;

update payment_link l set made = counted.made, uses = counted.uses
from (
  select p.link_id, count(*) as made, count(*) filter (where
    not (p.status = 'EXPIRED' and not exists (select from "transaction" t where t.payment_id = p.id))) as uses
  from payment p where p.link_id is not null group by p.link_id
) counted
where l.id = counted.link_id;

-- By whichever process a payment is written, also one of the release before: the counts move in the same transaction. Whoever makes
-- a payment of a link, or ends it, holds the lock of the shop, so no two wait for each other here.
create function count_link_uses() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    update payment_link set made = made + 1, uses = uses + (new.status <> 'EXPIRED')::int where id = new.link_id;
  elsif not exists (select from "transaction" t where t.payment_id = new.id) then
    update payment_link set uses = uses + case new.status when 'EXPIRED' then -1 else 1 end where id = new.link_id;
  end if;
  return null;
end $$;

create trigger payment_takes_link_use after insert on payment for each row when (new.link_id is not null)
  execute function count_link_uses();
create trigger payment_gives_link_use_back after update of status on payment for each row
  when (new.link_id is not null and (old.status = 'EXPIRED') <> (new.status = 'EXPIRED'))
  execute function count_link_uses();
