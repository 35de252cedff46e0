-- AlterTable
ALTER TABLE "transaction" ADD COLUMN     "address_seen" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "entry_key" TEXT,
ADD COLUMN     "heard_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE UNIQUE INDEX "transaction_entry_key" ON "transaction"("shop_id", "entry_key") WHERE (entry_key is not null);

-- By hand: the acquirer had said of these that it works on them.
update transaction set heard_at = updated_at
  where status in ('PENDING', 'UNKNOWN') and (confirm_until is not null or next_step is not null);
-- The simulated BLIK tells of captures and voids by the same timer as of refunds.
update timer set kind = 'sandbox-blik-tell-movement' where kind = 'sandbox-blik-tell-refund';
