-- AlterTable
ALTER TABLE "statement_entry" ADD COLUMN     "taken_back_amount" BIGINT NOT NULL DEFAULT 0;
-- What schema.prisma cannot say.

alter table statement_entry
  drop constraint statement_entry_parts,
  drop constraint statement_entry_debit,
  add constraint statement_entry_parts check (
    applied_amount >= 0 and held_amount >= 0 and released_amount >= 0 and taken_back_amount >= 0
    and applied_amount + held_amount + released_amount + taken_back_amount in (0, amount)
  ),
  add constraint statement_entry_debit check (
    direction = 'CREDIT' or applied_amount + held_amount + released_amount + taken_back_amount = 0
  );
