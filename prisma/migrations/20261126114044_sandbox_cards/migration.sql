-- CreateTable
CREATE TABLE "sandbox_card" (
    "token" UUID NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "brand" TEXT NOT NULL,
    "last4" TEXT NOT NULL,
    "expiry_month" INTEGER NOT NULL,
    "expiry_year" INTEGER NOT NULL,
    "outcome" TEXT NOT NULL,
    "wallet" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sandbox_card_pkey" PRIMARY KEY ("token")
);

-- No card number fits in: only its last four digits, and words of ours.
alter table sandbox_card
  add constraint sandbox_card_last4 check (last4 ~ '^[0-9]{4}$'),
  add constraint sandbox_card_expiry check (expiry_month between 1 and 12 and expiry_year between 2000 and 2099),
  add constraint sandbox_card_brand check (brand ~ '^[A-Z]+$'),
  add constraint sandbox_card_outcome check (outcome ~ '^[A-Z_]+$'),
  add constraint sandbox_card_wallet check (wallet in ('gpay', 'applepay'));
