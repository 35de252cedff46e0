-- AlterTable
ALTER TABLE "payment_link" ADD COLUMN     "made" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "uses" INTEGER NOT NULL DEFAULT 0;

alter table payment_link add constraint payment_link_uses check (uses between 0 and made and uses <= uses_max);
