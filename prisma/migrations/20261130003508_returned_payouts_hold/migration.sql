-- A migration of its own: the column's locks out all readers until it ends, and this takes seconds on a large table.
-- What came back before has been paid again, or will be: only what comes back from now on holds its account.
update payout set resumed_at = updated_at where status = 'RETURNED';

-- CreateIndex
CREATE INDEX "payout_that_holds_its_account" ON "payout"("merchant_id", "currency", "iban") WHERE ((status = 'RETURNED'::payout_status) AND (resumed_at IS NULL));
