-- CreateEnum
CREATE TYPE "promotion_state" AS ENUM ('NONE', 'APPLIED', 'ENDED_BY_TIME', 'ENDED_BY_TURNOVER');

-- AlterTable
ALTER TABLE "commission" ADD COLUMN     "fx_table" TEXT,
ADD COLUMN     "plan_id" UUID,
ADD COLUMN     "promotion" "promotion_state",
ADD COLUMN     "turnover" BIGINT,
ADD COLUMN     "turnover_before" BIGINT;

-- Commissions that are there were computed by the plan in force then, and no plan had a promotion that counted.
update commission c set promotion = 'NONE', plan_id = (
  select p.id from price_plan p where p.shop_id = c.shop_id and p.valid_from <= c.computed_at
  order by p.valid_from desc, p.created_at desc limit 1
);
alter table commission alter column plan_id set not null, alter column promotion set not null;

-- AlterTable
ALTER TABLE "merchant" ADD COLUMN     "turnover_counted_to" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "turnover_counted_until" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "fx_table" (
    "number" TEXT NOT NULL,
    "effective_date" DATE NOT NULL,
    "imported_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "fx_table_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "fx_rate" (
    "table_number" TEXT NOT NULL,
    "currency" "currency" NOT NULL,
    "rate" BIGINT NOT NULL,

    CONSTRAINT "fx_rate_pkey" PRIMARY KEY ("table_number","currency")
);

-- CreateIndex
CREATE UNIQUE INDEX "fx_table_effective_date_key" ON "fx_table"("effective_date");

-- AddForeignKey
ALTER TABLE "fx_rate" ADD CONSTRAINT "fx_rate_table_number_fkey" FOREIGN KEY ("table_number") REFERENCES "fx_table"("number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "commission" ADD CONSTRAINT "commission_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "price_plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "commission" ADD CONSTRAINT "commission_fx_table_fkey" FOREIGN KEY ("fx_table") REFERENCES "fx_table"("number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What schema.prisma cannot say.

alter table price_plan
  add constraint price_plan_promotion check (num_nonnulls(promotion_until, promotion_turnover) in (0, 2)),
  add constraint price_plan_promotion_turnover check (promotion_turnover > 0);
alter table commission
  add constraint commission_turnover check (turnover_before >= 0 and turnover >= 0),
  add constraint commission_fx_table check (fx_table is null or turnover is not null);
alter table fx_rate add constraint fx_rate_range check (rate > 0 and currency <> 'PLN');
