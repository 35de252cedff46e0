-- AlterEnum
ALTER TYPE "posting_kind" ADD VALUE 'PAYOUT_REINSTATED';
ALTER TYPE "posting_kind" ADD VALUE 'PAYOUT_SENT_BACK';

-- AlterTable
ALTER TABLE "payout" ADD COLUMN     "reinstated_at" TIMESTAMPTZ(3);

-- What schema.prisma cannot say. The constraint reads no row here, since it locks out readers, as the column does.
alter table payout add constraint payout_reinstated
  check (reinstated_at is null or (sent_at is not null and settled_at is not null)) not valid;
-- The ways for what a payout that was cancelled has paid after all, and for what the bank sends back of one (src/ledger/accounts.ts; a
-- test compares them).
insert into posting_rule (kind, from_kind, to_kind, one_owner) values
  ('PAYOUT_REINSTATED', 'SHOP', 'PAYOUTS', false),
  ('PAYOUT_REINSTATED', 'RECIPIENT', 'PAYOUTS', false),
  ('PAYOUT_SENT_BACK', 'BANK', 'SHOP', false),
  ('PAYOUT_SENT_BACK', 'BANK', 'RECIPIENT', false);
