-- AlterTable
ALTER TABLE "price_plan" ADD COLUMN     "number" BIGSERIAL NOT NULL;
