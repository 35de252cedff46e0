-- AlterTable
ALTER TABLE "transaction" ADD COLUMN     "transfer_account" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "transaction_transfer_account" ON "transaction"("transfer_account") WHERE (transfer_account is not null);
