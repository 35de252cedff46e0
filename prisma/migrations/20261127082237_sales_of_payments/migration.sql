-- AlterTable
ALTER TABLE "payment" ADD COLUMN     "is_sale" BOOLEAN NOT NULL DEFAULT false;

-- A call of the REST door that made a payment for its own attempt made both under the same key.
update payment p set is_sale = true
where p.source = 'REST' and exists (
  select from transaction t
  where t.payment_id = p.id and t.shop_id = p.shop_id and t.source = 'API' and t.idempotency_key = p.idempotency_key);
