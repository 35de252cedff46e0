-- CreateTable
CREATE TABLE "refund_transfer" (
    "refund_id" UUID NOT NULL,
    "entry_id" UUID NOT NULL,
    "transaction_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,

    CONSTRAINT "refund_transfer_pkey" PRIMARY KEY ("refund_id","entry_id")
);

-- CreateIndex
CREATE INDEX "refund_transfer_entry_id_transaction_id_idx" ON "refund_transfer"("entry_id", "transaction_id");

-- AddForeignKey
ALTER TABLE "refund_transfer" ADD CONSTRAINT "refund_transfer_refund_id_fkey" FOREIGN KEY ("refund_id") REFERENCES "refund"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refund_transfer" ADD CONSTRAINT "refund_transfer_entry_id_transaction_id_fkey" FOREIGN KEY ("entry_id", "transaction_id") REFERENCES "transfer_part"("entry_id", "transaction_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What schema.prisma cannot say.

alter table refund_transfer add constraint refund_transfer_amount check (amount > 0);
