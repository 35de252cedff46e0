-- CreateEnum
CREATE TYPE "report_frequency" AS ENUM ('DAILY', 'WEEKLY', 'MONTHLY');

-- CreateEnum
CREATE TYPE "mail_status" AS ENUM ('PENDING', 'SENT', 'KEPT', 'FAILED');

-- AlterTable
ALTER TABLE "report" ADD COLUMN     "schedule_id" UUID;

-- CreateTable
CREATE TABLE "report_schedule" (
    "id" UUID NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "shop_id" UUID,
    "owner" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "kind" "report_kind" NOT NULL,
    "format" "report_format" NOT NULL,
    "currencies" "currency"[] DEFAULT ARRAY[]::"currency"[],
    "methods" "payment_method"[] DEFAULT ARRAY[]::"payment_method"[],
    "statuses" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "frequency" "report_frequency" NOT NULL,
    "email" TEXT NOT NULL,
    "next_day" DATE NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "report_schedule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mail" (
    "id" UUID NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "report_id" UUID,
    "recipient" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "status" "mail_status" NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "mail_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "report_schedule_merchant_id_created_at_id_idx" ON "report_schedule"("merchant_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "report_schedule_owner_idempotency_key_key" ON "report_schedule"("owner", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "mail_report_id_key" ON "mail"("report_id");

-- CreateIndex
CREATE INDEX "mail_merchant_id_created_at_idx" ON "mail"("merchant_id", "created_at" DESC);

-- AddForeignKey
ALTER TABLE "report" ADD CONSTRAINT "report_schedule_id_fkey" FOREIGN KEY ("schedule_id") REFERENCES "report_schedule"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report_schedule" ADD CONSTRAINT "report_schedule_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report_schedule" ADD CONSTRAINT "report_schedule_shop_id_merchant_id_fkey" FOREIGN KEY ("shop_id", "merchant_id") REFERENCES "shop"("id", "merchant_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mail" ADD CONSTRAINT "mail_report_id_fkey" FOREIGN KEY ("report_id") REFERENCES "report"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
