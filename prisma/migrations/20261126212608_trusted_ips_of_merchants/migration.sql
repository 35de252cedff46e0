-- AlterTable
ALTER TABLE "merchant" ADD COLUMN     "trusted_ips" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- AlterTable
ALTER TABLE "shop" DROP COLUMN "trusted_ips";
