-- CreateEnum
CREATE TYPE "bank_file_status" AS ENUM ('MADE', 'REJECTED');

-- AlterTable
ALTER TABLE "payout" ADD COLUMN     "bank_file_id" UUID;

-- CreateTable
CREATE TABLE "bank_file" (
    "id" UUID NOT NULL,
    "currency" "currency" NOT NULL,
    "status" "bank_file_status" NOT NULL,
    "session_at" TIMESTAMPTZ(3) NOT NULL,
    "execution_day" DATE NOT NULL,
    "transactions" INTEGER NOT NULL,
    "sum" BIGINT NOT NULL,
    "sha256" BYTEA NOT NULL,
    "content" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "write_started_at" TIMESTAMPTZ(3),
    "written_at" TIMESTAMPTZ(3),
    "rejected_at" TIMESTAMPTZ(3),
    "rejection_reason" TEXT,

    CONSTRAINT "bank_file_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "bank_file_created_at_id_idx" ON "bank_file"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "bank_file_to_write" ON "bank_file"("created_at") WHERE (status = 'MADE' and written_at is null);

-- CreateIndex
CREATE UNIQUE INDEX "bank_file_id_currency_key" ON "bank_file"("id", "currency");

-- CreateIndex
CREATE INDEX "payout_of_bank_file" ON "payout"("bank_file_id") WHERE (bank_file_id is not null);

-- AddForeignKey
ALTER TABLE "payout" ADD CONSTRAINT "payout_bank_file_id_currency_fkey" FOREIGN KEY ("bank_file_id", "currency") REFERENCES "bank_file"("id", "currency") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What schema.prisma cannot say.

alter table bank_file
  add constraint bank_file_sums check (transactions > 0 and sum > 0 and octet_length(sha256) = 32),
  add constraint bank_file_rejected check (
    (status = 'REJECTED') = (rejected_at is not null) and (rejected_at is null) = (rejection_reason is null)
  );
-- A payout that waits is in no file; what goes into one is moved on in the same statement.
alter table payout add constraint payout_in_file check (status <> 'SCHEDULED' or bank_file_id is null);
