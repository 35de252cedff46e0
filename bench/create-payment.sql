-- The rows of one payment as createPayment writes them, in one statement: the payment, the next number of its shop, the
-- event under that number, the timer of its expiry. The counter is moved last, so that its lock is held briefly.
\set shop random(1, :shops)
with made as (
  insert into payment (id, shop_id, source, idempotency_key, input_hash, status, amount, currency, order_id, title,
    customer_first_name, customer_last_name, customer_email, methods, return_url, valid_until, created_at, updated_at)
  select uuidv7(), ('00000000-0000-4000-8000-' || lpad(:shop::text, 12, '0'))::uuid, 'API', gen_random_uuid()::text,
    '\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'::bytea, 'NEW', 1234, 'PLN', 'ORD/2026-0001',
    'Order 2026-0001', 'Jan', 'Kowalski', 'jan@shop.example', '{}', 'https://shop.example/back',
    now() + interval '15 months', now(), now()
  on conflict (shop_id, source, idempotency_key) do nothing
  returning id, shop_id, valid_until, created_at
), moved as (
  update shop_counter c set last_number = c.last_number + 1 from made where c.shop_id = made.shop_id
  returning c.shop_id, c.last_number
), told as (
  insert into event (shop_id, number, type, at, payment_id, data)
  select made.shop_id, moved.last_number, 'PAYMENT_CREATED', made.created_at, made.id,
    '{"payment":{"status":"NEW"}}'::jsonb
  from made join moved on moved.shop_id = made.shop_id
), timed as (
  insert into timer (kind, subject, merchant_id, due_at)
  select 'expire-payment', made.id::text, shop.merchant_id, made.valid_until
  from made join shop on shop.id = made.shop_id
)
select made.id as payment from made join moved on moved.shop_id = made.shop_id \gset
