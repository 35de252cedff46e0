-- CreateTable
CREATE TABLE "sandbox_refund" (
    "reference" UUID NOT NULL,
    "acquirer" TEXT NOT NULL,
    "order_reference" UUID NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" "currency" NOT NULL,
    "script" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "delay_ms" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sandbox_refund_pkey" PRIMARY KEY ("reference")
);

-- CreateIndex
CREATE INDEX "sandbox_refund_order_reference_idx" ON "sandbox_refund"("order_reference");
