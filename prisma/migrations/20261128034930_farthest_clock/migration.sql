-- CreateIndex
CREATE INDEX "merchant_clock_offset_ms_idx" ON "merchant"("clock_offset_ms");
