-- CreateEnum
CREATE TYPE "report_kind" AS ENUM ('TRANSACTIONS', 'REFUNDS', 'PAYOUTS', 'COMMISSIONS', 'BALANCE_STATEMENT');

-- CreateEnum
CREATE TYPE "report_format" AS ENUM ('CSV', 'XLSX', 'PDF', 'MT940', 'CAMT053');

-- CreateEnum
CREATE TYPE "report_status" AS ENUM ('QUEUED', 'RUNNING', 'READY', 'FAILED', 'EXPIRED');

-- CreateTable
CREATE TABLE "report" (
    "id" UUID NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "shop_id" UUID,
    "owner" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "kind" "report_kind" NOT NULL,
    "format" "report_format" NOT NULL,
    "from_day" DATE NOT NULL,
    "until_day" DATE NOT NULL,
    "currencies" "currency"[] DEFAULT ARRAY[]::"currency"[],
    "methods" "payment_method"[] DEFAULT ARRAY[]::"payment_method"[],
    "statuses" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "status" "report_status" NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "rows" BIGINT NOT NULL DEFAULT 0,
    "rows_expected" BIGINT,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "totals" JSONB,
    "failure" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "report_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "report_piece" (
    "report_id" UUID NOT NULL,
    "attempt" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "report_piece_pkey" PRIMARY KEY ("report_id","attempt","number")
);

-- CreateIndex
CREATE INDEX "report_merchant_id_created_at_id_idx" ON "report"("merchant_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "report_shop_id_created_at_id_idx" ON "report"("shop_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "report_owner_idempotency_key_key" ON "report"("owner", "idempotency_key");

-- AddForeignKey
ALTER TABLE "report" ADD CONSTRAINT "report_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report" ADD CONSTRAINT "report_shop_id_merchant_id_fkey" FOREIGN KEY ("shop_id", "merchant_id") REFERENCES "shop"("id", "merchant_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report_piece" ADD CONSTRAINT "report_piece_report_id_fkey" FOREIGN KEY ("report_id") REFERENCES "report"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- By hand: what a report must be, whatever writes it, and files that are compressed already.
ALTER TABLE "report" ADD CONSTRAINT "report_period" CHECK ("until_day" >= "from_day");
ALTER TABLE "report" ADD CONSTRAINT "report_ready" CHECK (("expires_at" IS NULL) = ("status" NOT IN ('READY', 'EXPIRED')));
ALTER TABLE "report" ADD CONSTRAINT "report_failed" CHECK (("failure" IS NULL) = ("status" <> 'FAILED'));
ALTER TABLE "report_piece" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
