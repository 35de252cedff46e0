-- CreateEnum
CREATE TYPE "capture_mode" AS ENUM ('AUTOMATIC', 'MANUAL');

-- AlterEnum
ALTER TYPE "decline_reason" ADD VALUE 'NO_ANSWER';
ALTER TYPE "decline_reason" ADD VALUE 'AMOUNT_MISMATCH';
ALTER TYPE "decline_reason" ADD VALUE 'VOIDED';
ALTER TYPE "decline_reason" ADD VALUE 'CARD_INVALID';
ALTER TYPE "decline_reason" ADD VALUE 'CARD_EXPIRED';
ALTER TYPE "decline_reason" ADD VALUE 'AUTHENTICATION_FAILED';

-- AlterEnum
ALTER TYPE "event_type" ADD VALUE 'TRANSACTION_NEW';
ALTER TYPE "event_type" ADD VALUE 'TRANSACTION_HELD';
ALTER TYPE "event_type" ADD VALUE 'VOID_PENDING';
ALTER TYPE "event_type" ADD VALUE 'VOID_SETTLED';
ALTER TYPE "event_type" ADD VALUE 'VOID_REJECTED';
ALTER TYPE "event_type" ADD VALUE 'VOID_UNKNOWN';

-- AlterEnum
ALTER TYPE "posting_kind" ADD VALUE 'MONEY_HELD';
ALTER TYPE "posting_kind" ADD VALUE 'HELD_RETURNED';

-- DropIndex
DROP INDEX "capture_transaction_id_idx";

-- AlterTable
ALTER TABLE "capture" ADD COLUMN     "acquirer_code" TEXT;

-- AlterTable
ALTER TABLE "event" ADD COLUMN     "capture_id" UUID,
ADD COLUMN     "void_id" UUID;

-- AlterTable
ALTER TABLE "payment" ADD COLUMN     "capture_mode" "capture_mode" NOT NULL DEFAULT 'AUTOMATIC';

-- AlterTable
ALTER TABLE "posting" ADD COLUMN     "held_for_id" UUID;

-- AlterTable
ALTER TABLE "sandbox_order" ADD COLUMN     "capture_mode" "capture_mode" NOT NULL DEFAULT 'AUTOMATIC',
ADD COLUMN     "channel" TEXT NOT NULL DEFAULT 'blik',
ADD COLUMN     "code" TEXT,
ADD COLUMN     "return_url" TEXT,
ADD COLUMN     "shop_name" TEXT;

-- AlterTable
ALTER TABLE "shop" ADD COLUMN     "capture_mode" "capture_mode" NOT NULL DEFAULT 'AUTOMATIC';

-- AlterTable
ALTER TABLE "transaction" ADD COLUMN     "authorized_until" TIMESTAMPTZ(3),
ADD COLUMN     "captured_amount" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "held_amount" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "next_step" JSONB,
ADD COLUMN     "payer_ip" TEXT,
ADD COLUMN     "return_url" TEXT;

-- By hand: what the simulated acquirers remember of refunds stays, and gets captures and voids beside it.
ALTER TABLE "sandbox_order" ALTER COLUMN "channel" DROP DEFAULT;
ALTER TABLE "sandbox_refund" RENAME TO "sandbox_movement";
ALTER TABLE "sandbox_movement" RENAME CONSTRAINT "sandbox_refund_pkey" TO "sandbox_movement_pkey";
ALTER INDEX "sandbox_refund_order_reference_idx" RENAME TO "sandbox_movement_order_reference_idx";
ALTER TABLE "sandbox_movement" ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'refund';
ALTER TABLE "sandbox_movement" ALTER COLUMN "kind" DROP DEFAULT;

-- CreateTable
CREATE TABLE "transaction_void" (
    "id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "transaction_id" UUID NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "status" "movement_status" NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" "currency" NOT NULL,
    "acquirer_code" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "transaction_void_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "transaction_void_transaction_id_created_at_idx" ON "transaction_void"("transaction_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "transaction_void_shop_id_idempotency_key_key" ON "transaction_void"("shop_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "transaction_void_one_open" ON "transaction_void"("transaction_id") WHERE (status = ANY (ARRAY['PENDING'::movement_status, 'UNKNOWN'::movement_status]));

-- CreateIndex
CREATE INDEX "sandbox_movement_acquirer_updated_at_idx" ON "sandbox_movement"("acquirer", "updated_at");

-- CreateIndex
CREATE INDEX "capture_transaction_id_created_at_idx" ON "capture"("transaction_id", "created_at");

-- CreateIndex
CREATE INDEX "sandbox_order_acquirer_updated_at_idx" ON "sandbox_order"("acquirer", "updated_at");

-- AddForeignKey
ALTER TABLE "transaction_void" ADD CONSTRAINT "transaction_void_transaction_id_shop_id_currency_fkey" FOREIGN KEY ("transaction_id", "shop_id", "currency") REFERENCES "transaction"("id", "shop_id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posting" ADD CONSTRAINT "posting_held_for_id_fkey" FOREIGN KEY ("held_for_id") REFERENCES "transaction"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- By hand: what has settled was captured, and no more may be captured than was asked for.
update transaction set captured_amount = settled_amount;
alter table transaction
  drop constraint transaction_settled,
  add constraint transaction_captured check (captured_amount between settled_amount and amount),
  add constraint transaction_settled check (settled_amount >= 0),
  add constraint transaction_held check (held_amount >= 0),
  add constraint transaction_authorized_until check (status not in ('AUTHORIZED', 'SUBMITTED') or authorized_until is not null);
alter table transaction_void add constraint transaction_void_amount check (amount > 0);
alter table capture add constraint capture_settled_at check ((status = 'SETTLED') = (settled_at is not null));
alter table transaction_void add constraint transaction_void_settled_at check ((status = 'SETTLED') = (settled_at is not null));
alter table posting add constraint posting_held check ((kind::text in ('MONEY_HELD', 'HELD_RETURNED')) = (held_for_id is not null));
