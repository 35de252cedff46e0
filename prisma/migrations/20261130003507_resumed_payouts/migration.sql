-- AlterTable
ALTER TABLE "payout" ADD COLUMN     "resumed_at" TIMESTAMPTZ(3);

-- What schema.prisma cannot say. It locks out readers, as the column does, so it is here and reads no row: asked for behind the writing of
-- rows, that lock and a transaction that has read payouts and writes one would wait for each other.
alter table payout add constraint payout_resumed check (resumed_at is null or status = 'RETURNED') not valid;
