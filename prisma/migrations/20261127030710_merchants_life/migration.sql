-- CreateEnum
CREATE TYPE "payout_account_change_status" AS ENUM ('REQUESTED', 'CANCELLED', 'IN_FORCE');

-- CreateEnum
CREATE TYPE "support_message_status" AS ENUM ('OPEN', 'ANSWERED', 'APPROVED', 'REFUSED');

-- AlterTable
ALTER TABLE "merchant" ADD COLUMN     "held_reason" TEXT,
ADD COLUMN     "review_due_at" TIMESTAMPTZ(3),
ADD COLUMN     "status_reason" TEXT;

-- AlterTable
ALTER TABLE "shop" ADD COLUMN     "held_reason" TEXT,
ADD COLUMN     "review_due_at" TIMESTAMPTZ(3),
ADD COLUMN     "status_reason" TEXT,
ADD COLUMN     "submission_hash" BYTEA,
ADD COLUMN     "submission_key" TEXT;

-- CreateTable
CREATE TABLE "application" (
    "merchant_id" TEXT NOT NULL,
    "idempotency_key" UUID NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "claimed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "application_pkey" PRIMARY KEY ("merchant_id")
);

-- CreateTable
CREATE TABLE "payout_account_change" (
    "id" UUID NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "currency" "currency" NOT NULL,
    "iban" TEXT NOT NULL,
    "status" "payout_account_change_status" NOT NULL,
    "in_force_from" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payout_account_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "support_message" (
    "id" UUID NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "shop_id" UUID,
    "idempotency_key" TEXT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "text" TEXT NOT NULL,
    "new_url" TEXT,
    "status" "support_message_status" NOT NULL,
    "answer" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "support_message_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "application_idempotency_key_key" ON "application"("idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "payout_account_change_merchant_id_idempotency_key_key" ON "payout_account_change"("merchant_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "payout_account_change_open" ON "payout_account_change"("merchant_id", "currency") WHERE (status = 'REQUESTED');

-- CreateIndex
CREATE INDEX "support_message_merchant_id_created_at_id_idx" ON "support_message"("merchant_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "support_message_status_created_at_idx" ON "support_message"("status", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "support_message_merchant_id_idempotency_key_key" ON "support_message"("merchant_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "shop_merchant_id_submission_key_key" ON "shop"("merchant_id", "submission_key");

-- AddForeignKey
ALTER TABLE "application" ADD CONSTRAINT "application_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payout_account_change" ADD CONSTRAINT "payout_account_change_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "support_message" ADD CONSTRAINT "support_message_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "support_message" ADD CONSTRAINT "support_message_shop_id_merchant_id_fkey" FOREIGN KEY ("shop_id", "merchant_id") REFERENCES "shop"("id", "merchant_id") ON DELETE RESTRICT ON UPDATE CASCADE;
