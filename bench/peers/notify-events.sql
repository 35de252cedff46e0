-- Tells PostGraphile's subscribers of each event, as its documentation does it. Only the benchmark of pushes makes it: in
-- the others each payment would pay for a message that nobody hears.
create function bench_notify_event() returns trigger language plpgsql as $$
begin
  perform pg_notify(
    'shop:' || new.shop_id || ':event',
    json_build_object('shop_id', new.shop_id, 'number', new.number, 'at', new.at)::text);
  return new;
end $$;
create trigger bench_notify_event after insert on event for each row execute function bench_notify_event();
