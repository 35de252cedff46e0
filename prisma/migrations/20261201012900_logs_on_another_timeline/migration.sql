-- Which history of the server this is: a replica that takes over, and a restore to a point in time, begin a new one, and may lack the
-- last commits of the one before (docs/decisions/0070). Unknown on a replica, and where a server does not say.
create function log_timeline() returns int language plpgsql stable as $$
begin
  if pg_is_in_recovery() then return null; end if;
  return ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int;
exception when others then
  return null;
end $$;

-- A default that is the same for all rows is kept once, so no row is written. Those to come have it by the trigger.
alter table shop_counter add column timeline int default log_timeline();
alter table shop_counter alter column timeline drop default;

-- Whichever process, of whichever version, writes the first event on a new timeline leaves out all numbers that were perhaps given before.
create function leave_out_lost_numbers() returns trigger language plpgsql as $$
declare
  here int := log_timeline();
begin
  if here is null or here = new.timeline then return new; end if;
  if tg_op = 'UPDATE' and new.timeline is not null and new.last_number - old.last_number < 1000000 then
    new.last_number := new.last_number + 1000000;
  end if;
  new.timeline := here;
  return new;
end $$;
create trigger shop_counter_timeline before insert or update of last_number on shop_counter
  for each row execute function leave_out_lost_numbers();

-- The end of a log as the next event will find it.
create function end_of_log(last_number bigint, timeline int) returns bigint language sql stable as $$
  select last_number + case when timeline <> log_timeline() then 1000000 else 0 end
$$;
