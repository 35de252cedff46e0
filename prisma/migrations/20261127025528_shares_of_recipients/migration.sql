-- DropIndex
DROP INDEX "posting_sale_once";

-- AlterTable
ALTER TABLE "payment" ADD COLUMN     "is_split" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "refund_share" (
    "refund_id" UUID NOT NULL,
    "recipient_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" "currency" NOT NULL,

    CONSTRAINT "refund_share_pkey" PRIMARY KEY ("refund_id","recipient_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "posting_sale_once" ON "posting"("capture_id", "to_id") WHERE (kind = 'SALE');

-- AddForeignKey
ALTER TABLE "refund_share" ADD CONSTRAINT "refund_share_refund_id_currency_fkey" FOREIGN KEY ("refund_id", "currency") REFERENCES "refund"("id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refund_share" ADD CONSTRAINT "refund_share_recipient_id_fkey" FOREIGN KEY ("recipient_id") REFERENCES "recipient"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What schema.prisma cannot say.

alter table refund_share add constraint refund_share_amount check (amount > 0);

-- Payments that were split before recipients had accounts.
update payment p set is_split = true where exists (select from basket_share s where s.payment_id = p.id);
with opened as (
  insert into account (kind, owner, currency)
  select distinct 'RECIPIENT'::account_kind, recipient_id::text, currency from basket_share
  on conflict (kind, owner, currency) do nothing
  returning id
)
insert into account_balance (account_id, amount) select id, 0 from opened;
