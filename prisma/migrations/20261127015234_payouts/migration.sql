-- DropForeignKey
ALTER TABLE "commission" DROP CONSTRAINT "commission_payout_id_fkey";

-- AlterTable
ALTER TABLE "commission" DROP COLUMN "payout_id",
ADD COLUMN     "number" BIGSERIAL NOT NULL;

-- AlterTable
ALTER TABLE "merchant" ADD COLUMN     "next_payout_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "payout" ADD COLUMN     "adjustments_after" BIGINT NOT NULL,
ADD COLUMN     "adjustments_through" BIGINT NOT NULL,
ADD COLUMN     "carried_in" BIGINT NOT NULL,
ADD COLUMN     "carried_out" BIGINT NOT NULL,
ADD COLUMN     "commissions_after" BIGINT NOT NULL,
ADD COLUMN     "commissions_through" BIGINT NOT NULL,
ADD COLUMN     "merchant_id" TEXT NOT NULL,
ADD COLUMN     "postings_after" BIGINT NOT NULL,
ADD COLUMN     "postings_through" BIGINT NOT NULL,
ADD COLUMN     "return_reason" TEXT,
ADD COLUMN     "returned" BIGINT NOT NULL,
ADD COLUMN     "returned_at" TIMESTAMPTZ(3),
ADD COLUMN     "send_at" TIMESTAMPTZ(3) NOT NULL,
ADD COLUMN     "sent_at" TIMESTAMPTZ(3),
ADD COLUMN     "settled_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "commission_adjustment" (
    "number" BIGSERIAL NOT NULL,
    "account_owner" TEXT NOT NULL,
    "transaction_id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "refund_id" UUID,
    "amount" BIGINT NOT NULL,
    "currency" "currency" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "commission_adjustment_pkey" PRIMARY KEY ("number")
);

-- CreateIndex
CREATE INDEX "commission_adjustment_account_owner_currency_number_idx" ON "commission_adjustment"("account_owner", "currency", "number");

-- CreateIndex
CREATE INDEX "commission_adjustment_transaction_id_idx" ON "commission_adjustment"("transaction_id");

-- CreateIndex
CREATE INDEX "commission_shop_id_currency_number_idx" ON "commission"("shop_id", "currency", "number");

-- CreateIndex
CREATE INDEX "merchant_next_payout_at_idx" ON "merchant"("next_payout_at");

-- CreateIndex
CREATE INDEX "payout_shop_id_created_at_id_idx" ON "payout"("shop_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "payout_recipient_id_created_at_id_idx" ON "payout"("recipient_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "payout_to_send" ON "payout"("send_at") WHERE (status = 'SCHEDULED');

-- CreateIndex
CREATE INDEX "payout_to_settle" ON "payout"("expected_at") WHERE (status = 'SENT');

-- CreateIndex
CREATE UNIQUE INDEX "payout_account_owner_currency_postings_after_key" ON "payout"("account_owner", "currency", "postings_after");

-- CreateIndex
CREATE UNIQUE INDEX "posting_payout_once" ON "posting"("payout_id", "kind") WHERE (payout_id is not null);

-- AddForeignKey
ALTER TABLE "commission_adjustment" ADD CONSTRAINT "commission_adjustment_transaction_id_shop_id_currency_fkey" FOREIGN KEY ("transaction_id", "shop_id", "currency") REFERENCES "transaction"("id", "shop_id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "commission_adjustment" ADD CONSTRAINT "commission_adjustment_refund_id_currency_fkey" FOREIGN KEY ("refund_id", "currency") REFERENCES "refund"("id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payout" ADD CONSTRAINT "payout_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payout" ADD CONSTRAINT "payout_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payout" ADD CONSTRAINT "payout_recipient_id_fkey" FOREIGN KEY ("recipient_id") REFERENCES "recipient"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What schema.prisma cannot say.

alter table payout drop constraint payout_sum;
alter table payout
  add constraint payout_sum check (net = carried_in + gross + returned - refunds - commission - carried_out),
  add constraint payout_net check (net > 0 and carried_in >= 0 and carried_out >= 0),
  add constraint payout_owner check (
    num_nonnulls(shop_id, recipient_id) = 1 and account_owner = coalesce(shop_id, recipient_id)::text
  ),
  add constraint payout_ranges check (
    postings_after < postings_through and commissions_after <= commissions_through
    and adjustments_after <= adjustments_through
  );
alter table commission_adjustment add constraint commission_adjustment_amount check (amount <> 0);
