-- AlterTable
ALTER TABLE "statement_file" ADD COLUMN     "compared_by" SMALLINT;

-- A process of an earlier version, which runs during an upgrade, does not know again what is kept by the present rule, and would book
-- it twice (docs/decisions/0060). It names no rule, so its imports are refused; what it has in its folder, this version imports.
-- Not valid: files from before have none.
alter table statement_file add constraint statement_file_imported_by_an_earlier_version
  check (coalesce(compared_by, 0) >= 1) not valid;
