-- The rest of the life of the payment that create-payment.sql has just made: an attempt with BLIK; settled, with the money on
-- the shop's account, its commission, and what is left of timers gone. What the gateway keeps for itself (the order at the
-- simulated acquirer, jobs, how far webhooks have read) is not here.
with tried as (
  insert into transaction (id, shop_id, payment_id, source, idempotency_key, input_hash, method, channel, acquirer, status,
    amount, currency, confirm_until, created_at, updated_at)
  select uuidv7(), p.shop_id, p.id, 'API', gen_random_uuid()::text,
    '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'::bytea, 'BLIK', 'blik', 'bench', 'PENDING',
    p.amount, p.currency, now() + interval '1 minute', now(), now()
  from payment p where p.id = :payment::uuid
  returning id, shop_id, payment_id, created_at
), paid as (
  update payment p set status = 'PENDING', updated_at = tried.created_at from tried
  where p.id = tried.payment_id and p.status = 'NEW'
), moved as (
  update shop_counter c set last_number = c.last_number + 2 from tried where c.shop_id = tried.shop_id
  returning c.shop_id, c.last_number
), told as (
  insert into event (shop_id, number, type, at, payment_id, transaction_id, data)
  select tried.shop_id, moved.last_number - 1, 'TRANSACTION_PENDING'::event_type, tried.created_at, tried.payment_id, tried.id,
    '{"payment":{"status":"PENDING"},"transaction":{"status":"PENDING"}}'::jsonb
  from tried join moved on moved.shop_id = tried.shop_id
  union all
  select tried.shop_id, moved.last_number, 'PAYMENT_PENDING'::event_type, tried.created_at, tried.payment_id, null::uuid,
    '{"payment":{"status":"PENDING"}}'::jsonb
  from tried join moved on moved.shop_id = tried.shop_id
), timed as (
  insert into timer (kind, subject, merchant_id, due_at)
  select 'ask-acquirer', tried.id::text, shop.merchant_id, tried.created_at + interval '5 seconds'
  from tried join shop on shop.id = tried.shop_id
)
select tried.id as attempt from tried join moved on moved.shop_id = tried.shop_id \gset
with done as (
  update transaction set status = 'SETTLED', captured_amount = amount, settled_amount = amount, settled_at = now(),
    updated_at = now()
  where id = :attempt::uuid and status = 'PENDING'
  returning id, shop_id, payment_id, amount, currency, settled_at
), paid as (
  update payment p set status = 'SETTLED', settled_at = done.settled_at, updated_at = done.settled_at from done
  where p.id = done.payment_id and p.status = 'PENDING'
), moved as (
  update shop_counter c set last_number = c.last_number + 2 from done where c.shop_id = done.shop_id
  returning c.shop_id, c.last_number
), told as (
  insert into event (shop_id, number, type, at, payment_id, transaction_id, data)
  select done.shop_id, moved.last_number - 1, 'TRANSACTION_SETTLED'::event_type, done.settled_at, done.payment_id, done.id,
    '{"payment":{"status":"SETTLED"},"transaction":{"status":"SETTLED"}}'::jsonb
  from done join moved on moved.shop_id = done.shop_id
  union all
  select done.shop_id, moved.last_number, 'PAYMENT_SETTLED'::event_type, done.settled_at, done.payment_id, null::uuid,
    '{"payment":{"status":"SETTLED"}}'::jsonb
  from done join moved on moved.shop_id = done.shop_id
), captured as (
  insert into capture (id, shop_id, transaction_id, idempotency_key, input_hash, status, amount, currency, created_at,
    updated_at, settled_at)
  select uuidv7(), shop_id, id, 'settlement:' || id, '\x'::bytea, 'SETTLED', amount, currency, settled_at, settled_at,
    settled_at
  from done
  returning id, shop_id, amount, currency, settled_at
), posted as (
  insert into posting (kind, from_id, to_id, amount, currency, capture_id, at)
  select 'SALE', f.id, t.id, captured.amount, captured.currency, captured.id, captured.settled_at
  from captured
  join account f on f.kind = 'ACQUIRER' and f.owner = 'bench' and f.currency = captured.currency
  join account t on t.kind = 'SHOP' and t.owner = captured.shop_id::text and t.currency = captured.currency
  returning to_id, amount
), balanced as (
  update account_balance b set amount = b.amount + posted.amount from posted where b.account_id = posted.to_id
), charged as (
  insert into commission (transaction_id, shop_id, amount, base, currency, rate_ppm, rule, computed_at, plan_id, promotion)
  select done.id, done.shop_id, (done.amount * 15900 + 500000) / 1000000, done.amount, done.currency, 15900, 'bench',
    done.settled_at, plan.id, 'NONE'
  from done join price_plan plan on plan.shop_id = done.shop_id
), stopped as (
  delete from timer t using done
  where (t.kind, t.subject) in (('ask-acquirer', done.id::text), ('expire-payment', done.payment_id::text))
)
select count(*) from done join moved on moved.shop_id = done.shop_id;
