-- AlterEnum
ALTER TYPE "account_kind" ADD VALUE 'BANK_FEES';

-- AlterEnum
ALTER TYPE "posting_kind" ADD VALUE 'PAYOUT_FEE';

-- The way for what a bank kept of a payout that came back (src/ledger/accounts.ts; a test compares them).
insert into posting_rule (kind, from_kind, to_kind, one_owner) values ('PAYOUT_FEE', 'BANK_FEES', 'BANK', false);
