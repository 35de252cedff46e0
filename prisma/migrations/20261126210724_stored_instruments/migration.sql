-- AlterTable
ALTER TABLE "profile" ALTER COLUMN "details" SET NOT NULL;

-- CreateTable
CREATE TABLE "profile_wish" (
    "transaction_id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "customer_id" TEXT NOT NULL,
    "kind" "profile_kind" NOT NULL,
    "method" "payment_method" NOT NULL,
    "label" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "details" JSONB NOT NULL,

    CONSTRAINT "profile_wish_pkey" PRIMARY KEY ("transaction_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "profile_first_transaction_id_key" ON "profile"("first_transaction_id");

-- AddForeignKey
ALTER TABLE "profile_wish" ADD CONSTRAINT "profile_wish_transaction_id_fkey" FOREIGN KEY ("transaction_id") REFERENCES "transaction"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
