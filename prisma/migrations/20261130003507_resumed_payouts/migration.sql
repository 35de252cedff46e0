-- AlterTable
ALTER TABLE "payout" ADD COLUMN     "resumed_at" TIMESTAMPTZ(3);
