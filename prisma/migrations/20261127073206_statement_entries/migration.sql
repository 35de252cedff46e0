-- CreateEnum
CREATE TYPE "statement_format" AS ENUM ('CAMT_053', 'CAMT_054', 'MT940');

-- CreateEnum
CREATE TYPE "entry_direction" AS ENUM ('CREDIT', 'DEBIT');

-- CreateEnum
CREATE TYPE "statement_entry_status" AS ENUM ('NEW', 'BOOKED', 'PARTIAL', 'HELD', 'RETURNED', 'DISMISSED');

-- CreateEnum
CREATE TYPE "held_reason" AS ENUM ('UNKNOWN_ACCOUNT', 'CURRENCY_DIFFERS', 'ATTEMPT_NOT_SENT', 'UNDERPAID', 'OVERPAID', 'PAID_ALREADY', 'PAYOUT_NOT_SENT', 'PAYOUT_AMOUNT_DIFFERS', 'PAYOUT_REPEATED', 'UNKNOWN_DEBIT');

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "posting_kind" ADD VALUE 'TRANSFER_RECEIVED';
ALTER TYPE "posting_kind" ADD VALUE 'TRANSFER_ASSIGNED';
ALTER TYPE "posting_kind" ADD VALUE 'TRANSFER_RETURNED';

-- AlterTable
ALTER TABLE "posting" ADD COLUMN     "entry_id" UUID;

-- CreateTable
CREATE TABLE "statement_file" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "format" "statement_format" NOT NULL,
    "hash" BYTEA NOT NULL,
    "entries" INTEGER NOT NULL,
    "fresh" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "statement_file_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "statement_entry" (
    "id" UUID NOT NULL,
    "number" BIGSERIAL NOT NULL,
    "file_id" UUID NOT NULL,
    "account" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "occurrence" INTEGER NOT NULL,
    "direction" "entry_direction" NOT NULL,
    "is_reversal" BOOLEAN NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" "currency" NOT NULL,
    "booked_on" DATE NOT NULL,
    "bank_reference" TEXT,
    "end_to_end_id" TEXT,
    "counterparty_name" TEXT,
    "counterparty_account" TEXT,
    "title" TEXT NOT NULL,
    "account_numbers" TEXT[],
    "return_reason" TEXT,
    "status" "statement_entry_status" NOT NULL,
    "reason" "held_reason",
    "transaction_id" UUID,
    "payout_id" UUID,
    "applied_amount" BIGINT NOT NULL DEFAULT 0,
    "held_amount" BIGINT NOT NULL DEFAULT 0,
    "released_amount" BIGINT NOT NULL DEFAULT 0,
    "sent_back_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "statement_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transfer_part" (
    "entry_id" UUID NOT NULL,
    "transaction_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,

    CONSTRAINT "transfer_part_pkey" PRIMARY KEY ("entry_id","transaction_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "statement_file_hash_key" ON "statement_file"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "statement_entry_number_key" ON "statement_entry"("number");

-- CreateIndex
CREATE UNIQUE INDEX "statement_entry_sent_back_by_id_key" ON "statement_entry"("sent_back_by_id");

-- CreateIndex
CREATE INDEX "statement_entry_reference" ON "statement_entry"("account", "bank_reference") WHERE (bank_reference is not null);

-- CreateIndex
CREATE INDEX "statement_entry_to_book" ON "statement_entry"("number") WHERE (status = 'NEW');

-- CreateIndex
CREATE INDEX "statement_entry_held" ON "statement_entry"("number") WHERE (status = ANY (ARRAY['HELD'::statement_entry_status, 'PARTIAL'::statement_entry_status]));

-- CreateIndex
CREATE INDEX "statement_entry_of_transaction" ON "statement_entry"("transaction_id") WHERE (transaction_id is not null);

-- CreateIndex
CREATE INDEX "statement_entry_of_payout" ON "statement_entry"("payout_id") WHERE (payout_id is not null);

-- CreateIndex
CREATE INDEX "statement_entry_file_id_number_idx" ON "statement_entry"("file_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "statement_entry_account_fingerprint_occurrence_key" ON "statement_entry"("account", "fingerprint", "occurrence");

-- CreateIndex
CREATE UNIQUE INDEX "statement_entry_id_currency_key" ON "statement_entry"("id", "currency");

-- CreateIndex
CREATE UNIQUE INDEX "statement_entry_payout_once" ON "statement_entry"("payout_id", "direction") WHERE (payout_id is not null and status = 'BOOKED');

-- CreateIndex
CREATE INDEX "transfer_part_transaction_id_idx" ON "transfer_part"("transaction_id");

-- CreateIndex
CREATE INDEX "posting_of_entry" ON "posting"("entry_id") WHERE (entry_id is not null);

-- AddForeignKey
ALTER TABLE "posting" ADD CONSTRAINT "posting_entry_id_currency_fkey" FOREIGN KEY ("entry_id", "currency") REFERENCES "statement_entry"("id", "currency") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "statement_entry" ADD CONSTRAINT "statement_entry_sent_back_by_id_fkey" FOREIGN KEY ("sent_back_by_id") REFERENCES "statement_entry"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "statement_entry" ADD CONSTRAINT "statement_entry_file_id_fkey" FOREIGN KEY ("file_id") REFERENCES "statement_file"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "statement_entry" ADD CONSTRAINT "statement_entry_transaction_id_fkey" FOREIGN KEY ("transaction_id") REFERENCES "transaction"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "statement_entry" ADD CONSTRAINT "statement_entry_payout_id_fkey" FOREIGN KEY ("payout_id") REFERENCES "payout"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transfer_part" ADD CONSTRAINT "transfer_part_entry_id_fkey" FOREIGN KEY ("entry_id") REFERENCES "statement_entry"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transfer_part" ADD CONSTRAINT "transfer_part_transaction_id_fkey" FOREIGN KEY ("transaction_id") REFERENCES "transaction"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What schema.prisma cannot say.

alter table posting add constraint posting_entry check (
  (kind::text in ('TRANSFER_RECEIVED', 'TRANSFER_ASSIGNED', 'TRANSFER_RETURNED')) = (entry_id is not null)
);
alter table statement_entry
  add constraint statement_entry_amount check (amount > 0 and occurrence > 0),
  add constraint statement_entry_parts check (
    applied_amount >= 0 and held_amount >= 0 and released_amount >= 0
    and applied_amount + held_amount + released_amount in (0, amount)
  ),
  add constraint statement_entry_debit check (
    direction = 'CREDIT' or applied_amount + held_amount + released_amount = 0
  ),
  add constraint statement_entry_held check (
    held_amount = 0 or status = 'HELD'
  ),
  add constraint statement_entry_reason check ((status in ('HELD', 'PARTIAL')) = (reason is not null));

-- The ways for money that bank statements tell of (src/ledger/accounts.ts; a test compares them).
insert into posting_rule (kind, from_kind, to_kind, one_owner) values
  ('TRANSFER_RECEIVED', 'BANK', 'ACQUIRER', false),
  ('TRANSFER_RECEIVED', 'BANK', 'SUSPENSE', false),
  ('TRANSFER_ASSIGNED', 'SUSPENSE', 'ACQUIRER', false),
  ('TRANSFER_RETURNED', 'SUSPENSE', 'BANK', false),
  ('TRANSFER_RETURNED', 'ACQUIRER', 'BANK', false);
alter table transfer_part add constraint transfer_part_amount check (amount >= 0);
alter table statement_entry add constraint statement_entry_sent_back check (sent_back_by_id is null or status = 'RETURNED');
