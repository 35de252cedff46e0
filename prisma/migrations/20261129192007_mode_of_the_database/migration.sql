-- AlterTable
ALTER TABLE "secret_check" ADD COLUMN     "mode" TEXT;

alter table secret_check add constraint secret_check_mode check (mode in ('sandbox', 'production'));
