-- AlterTable
ALTER TABLE "statement_entry" ADD COLUMN     "sent_to" TEXT;
