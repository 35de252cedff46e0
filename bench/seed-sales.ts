import pg from 'pg';

const salesAtOnce = 100_000;

/**
 * Writes settled sales of yesterday straight into the tables, spread over all shops, with everything that a settlement
 * leaves: payment, transaction, capture, posting, commission, balance.
 * @param wish.at when they settled; they are spread over the second after it.
 * @param wish.from how many are there already; `sales` counts them too.
 */
export async function seedSales(
  url: string,
  wish: { readonly sales: number; readonly at: Date; readonly iban: string; readonly from?: number },
): Promise<void> {
  const { from: begin = 0 } = wish;
  const client = new pg.Client(url);
  await client.connect();
  try {
    // The rows are right by construction: foreign keys would be checked one by one.
    await client.query('set session_replication_role = replica');
    if (begin === 0) await openAccounts(client, wish);
    for (let from = begin; from < wish.sales; from += salesAtOnce) {
      await writeSales(client, { from, to: Math.min(from + salesAtOnce, wish.sales), at: wish.at });
    }
    await client.query(`update account_balance b set amount = s.amount
      from (select to_id, sum(amount) as amount from posting group by to_id) s where s.to_id = b.account_id`);
    await client.query('set session_replication_role = default');
    await client.query('vacuum (analyze)');
    // What is measured next shall not pay for what was written here.
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}

async function openAccounts(
  client: pg.Client,
  { at, iban }: { readonly at: Date; readonly iban: string },
): Promise<void> {
  await client.query(`insert into account (kind, owner, currency) values ('ACQUIRER', 'bench', 'PLN'),
    ('COMMISSION', 'gateway', 'PLN'), ('PAYOUTS', 'gateway', 'PLN'), ('BANK', 'gateway', 'PLN')
    on conflict (kind, owner, currency) do nothing`);
  await client.query(
    `insert into payout_account (id, merchant_id, currency, iban, valid_from, created_at)
    select gen_random_uuid(), id, 'PLN', $2, $1, $1 from merchant`,
    [at, iban],
  );
}

async function writeSales(
  client: pg.Client,
  { from, to, at }: { readonly from: number; readonly to: number; readonly at: Date },
): Promise<void> {
  await client.query(
    `with shop as materialized (
      select s.id, a.id as account_id, row_number() over (order by s.id) - 1 as number, count(*) over () as shops
      from shop s join account a on a.kind = 'SHOP' and a.owner = s.id::text and a.currency = 'PLN'
    ), sale as materialized (
      select n, shop.id as shop_id, shop.account_id, uuidv7() as payment_id, uuidv7() as transaction_id,
        uuidv7() as capture_id, 100 + n::bigint * 7919 % 50000 as amount, $3::timestamptz + n % 1000 * interval '1 ms' as at
      from generate_series($1::int, $2::int - 1) n join shop on shop.number = n % shop.shops
    ), payment as (
      insert into payment (id, shop_id, source, idempotency_key, input_hash, status, amount, currency, order_id,
        customer_first_name, customer_last_name, methods, valid_until, created_at, updated_at, settled_at)
      select payment_id, shop_id, 'API', n::text, '\\x00', 'SETTLED', amount, 'PLN', n::text, 'Jan', 'Kowalski', '{}',
        at, at, at, at from sale
    ), transaction as (
      insert into transaction (id, shop_id, payment_id, source, idempotency_key, input_hash, method, channel, acquirer,
        status, amount, currency, captured_amount, settled_amount, created_at, updated_at, settled_at)
      select transaction_id, shop_id, payment_id, 'API', n::text, '\\x00', 'BLIK', 'blik', 'bench', 'SETTLED', amount,
        'PLN', amount, amount, at, at, at from sale
    ), capture as (
      insert into capture (id, shop_id, transaction_id, idempotency_key, input_hash, status, amount, currency,
        created_at, updated_at, settled_at)
      select capture_id, shop_id, transaction_id, n::text, '\\x00', 'SETTLED', amount, 'PLN', at, at, at from sale
    ), commission as (
      insert into commission (transaction_id, shop_id, amount, base, currency, rate_ppm, rule, computed_at,
        plan_id, promotion)
      select transaction_id, shop_id, (amount * 15900 + 500000) / 1000000, amount, 'PLN', 15900, 'bench', at,
        (select id from price_plan p where p.shop_id = sale.shop_id limit 1), 'NONE' from sale
    )
    insert into posting (kind, from_id, to_id, amount, currency, capture_id, at)
    select 'SALE', (select id from account where kind = 'ACQUIRER' and owner = 'bench'), account_id, amount, 'PLN',
      capture_id, at
    from sale order by n`,
    [from, to, at],
  );
}
