-- CreateEnum
CREATE TYPE "merchant_status" AS ENUM ('APPLIED', 'SIGNED', 'ACTIVE', 'NOTICE', 'TERMINATED', 'REFUSED');

-- CreateEnum
CREATE TYPE "legal_form" AS ENUM ('SOLE_TRADER', 'CIVIL_PARTNERSHIP', 'PARTNERSHIP', 'LIMITED_COMPANY', 'JOINT_STOCK_COMPANY', 'OTHER');

-- CreateEnum
CREATE TYPE "shop_status" AS ENUM ('SUBMITTED', 'ACTIVE', 'SUSPENDED', 'CLOSED', 'REFUSED');

-- CreateEnum
CREATE TYPE "notification_form" AS ENUM ('IMOJE', 'STANDARD_WEBHOOKS');

-- CreateEnum
CREATE TYPE "api_key_kind" AS ENUM ('API', 'REST');

-- CreateEnum
CREATE TYPE "currency" AS ENUM ('PLN', 'EUR', 'GBP', 'USD', 'CHF', 'CZK', 'HUF', 'RON');

-- CreateEnum
CREATE TYPE "payment_method" AS ENUM ('BLIK', 'PBL', 'CARD', 'WALLET', 'PAY_LATER', 'INSTALLMENTS', 'LEASE', 'WIRE_TRANSFER');

-- CreateEnum
CREATE TYPE "payment_status" AS ENUM ('NEW', 'PENDING', 'AUTHORIZED', 'SETTLED', 'CANCELLED', 'EXPIRED');

-- CreateEnum
CREATE TYPE "payment_source" AS ENUM ('API', 'FORM', 'REST', 'LINK');

-- CreateEnum
CREATE TYPE "transaction_status" AS ENUM ('NEW', 'PENDING', 'AUTHORIZED', 'SUBMITTED', 'SETTLED', 'REJECTED', 'ERROR', 'CANCELLED', 'EXPIRED', 'UNKNOWN');

-- CreateEnum
CREATE TYPE "transaction_source" AS ENUM ('API', 'WEB');

-- CreateEnum
CREATE TYPE "decline_reason" AS ENUM ('CODE_INVALID', 'CODE_EXPIRED', 'ALIAS_DECLINED', 'PAYER_DECLINED', 'NOT_CONFIRMED', 'INSUFFICIENT_FUNDS', 'LIMIT_EXCEEDED', 'ISSUER_DECLINED', 'SECURITY', 'TECHNICAL', 'GENERAL', 'SUPERSEDED', 'PAYMENT_CANCELLED', 'PAYMENT_EXPIRED', 'NOT_SENT');

-- CreateEnum
CREATE TYPE "movement_status" AS ENUM ('NEW', 'PENDING', 'SETTLED', 'REJECTED', 'UNKNOWN');

-- CreateEnum
CREATE TYPE "dispute_status" AS ENUM ('OPEN', 'WON', 'LOST');

-- CreateEnum
CREATE TYPE "profile_status" AS ENUM ('ACTIVE', 'DEACTIVATED', 'EXPIRED');

-- CreateEnum
CREATE TYPE "profile_kind" AS ENUM ('ONE_CLICK', 'RECURRING');

-- CreateEnum
CREATE TYPE "account_kind" AS ENUM ('SHOP', 'RECIPIENT', 'ACQUIRER', 'REFUNDS', 'COMMISSION', 'PAYOUTS', 'BANK', 'SUSPENSE', 'DISPUTES');

-- CreateEnum
CREATE TYPE "posting_kind" AS ENUM ('SALE', 'REFUND_ORDERED', 'REFUND_SETTLED', 'REFUND_REJECTED', 'COMMISSION', 'PAYOUT', 'PAYOUT_CONFIRMED', 'PAYOUT_RETURNED', 'ACQUIRER_PAID', 'DISPUTE_OPENED', 'DISPUTE_WON', 'DISPUTE_LOST');

-- CreateEnum
CREATE TYPE "payout_status" AS ENUM ('SCHEDULED', 'SENT', 'SETTLED', 'RETURNED');

-- CreateEnum
CREATE TYPE "event_type" AS ENUM ('PAYMENT_CREATED', 'PAYMENT_PENDING', 'PAYMENT_NEW', 'PAYMENT_AUTHORIZED', 'PAYMENT_SETTLED', 'PAYMENT_CANCELLED', 'PAYMENT_EXPIRED', 'TRANSACTION_PENDING', 'TRANSACTION_AUTHORIZED', 'TRANSACTION_SUBMITTED', 'TRANSACTION_SETTLED', 'TRANSACTION_REJECTED', 'TRANSACTION_ERROR', 'TRANSACTION_CANCELLED', 'TRANSACTION_EXPIRED', 'TRANSACTION_UNKNOWN', 'CAPTURE_PENDING', 'CAPTURE_SETTLED', 'CAPTURE_REJECTED', 'CAPTURE_UNKNOWN', 'REFUND_PENDING', 'REFUND_SETTLED', 'REFUND_REJECTED', 'REFUND_UNKNOWN', 'PAYOUT_SCHEDULED', 'PAYOUT_SENT', 'PAYOUT_SETTLED', 'PAYOUT_RETURNED', 'PROFILE_ACTIVE', 'PROFILE_DEACTIVATED', 'PROFILE_EXPIRED', 'DISPUTE_OPEN', 'DISPUTE_WON', 'DISPUTE_LOST', 'SHOP_ACTIVE', 'SHOP_SUSPENDED', 'SHOP_CLOSED', 'SHOP_REFUSED');

-- CreateEnum
CREATE TYPE "delivery_status" AS ENUM ('PENDING', 'DELIVERED', 'SUPERSEDED', 'FAILED');

-- CreateTable
CREATE TABLE "merchant" (
    "id" TEXT NOT NULL,
    "status" "merchant_status" NOT NULL,
    "legal_form" "legal_form" NOT NULL,
    "name" TEXT NOT NULL,
    "nip" TEXT,
    "regon" TEXT,
    "email" TEXT,
    "street" TEXT,
    "city" TEXT,
    "postal_code" TEXT,
    "country" TEXT NOT NULL DEFAULT 'PL',
    "clock_offset_ms" BIGINT NOT NULL DEFAULT 0,
    "settled_turnover" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "merchant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "contract" (
    "id" UUID NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "signed_at" TIMESTAMPTZ(3),
    "notice_at" TIMESTAMPTZ(3),
    "ends_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "contract_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payout_account" (
    "id" UUID NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "currency" "currency" NOT NULL,
    "iban" TEXT NOT NULL,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "valid_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payout_account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop" (
    "id" UUID NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "status" "shop_status" NOT NULL,
    "name" TEXT NOT NULL,
    "url" TEXT,
    "locale" TEXT NOT NULL DEFAULT 'pl',
    "currencies" "currency"[],
    "notification_url" TEXT,
    "notification_form" "notification_form" NOT NULL DEFAULT 'IMOJE',
    "payment_validity_seconds" INTEGER,
    "brand" JSONB,
    "trusted_ips" TEXT[],
    "sandbox_delay_ms" INTEGER NOT NULL DEFAULT 1000,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "shop_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop_counter" (
    "shop_id" UUID NOT NULL,
    "last_number" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "shop_counter_pkey" PRIMARY KEY ("shop_id")
);

-- CreateTable
CREATE TABLE "shop_method" (
    "shop_id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "method" "payment_method" NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "priority" INTEGER NOT NULL,

    CONSTRAINT "shop_method_pkey" PRIMARY KEY ("shop_id","channel")
);

-- CreateTable
CREATE TABLE "service_key" (
    "id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "sealed" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "valid_until" TIMESTAMPTZ(3),

    CONSTRAINT "service_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" UUID NOT NULL,
    "kind" "api_key_kind" NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "shop_id" UUID,
    "name" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,
    "hint" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "price_plan" (
    "id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "promotion_until" TIMESTAMPTZ(3),
    "promotion_turnover" BIGINT,
    "overdraft" BIGINT NOT NULL DEFAULT 100000,
    "refund_gives_commission" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "price_plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "price_rate" (
    "plan_id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "rate_ppm" INTEGER NOT NULL,

    CONSTRAINT "price_rate_pkey" PRIMARY KEY ("plan_id","channel")
);

-- CreateTable
CREATE TABLE "payment" (
    "id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "source" "payment_source" NOT NULL,
    "link_id" UUID,
    "idempotency_key" TEXT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "status" "payment_status" NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" "currency" NOT NULL,
    "refunded_amount" BIGINT NOT NULL DEFAULT 0,
    "order_id" TEXT NOT NULL,
    "title" TEXT,
    "description" TEXT,
    "customer_first_name" TEXT NOT NULL,
    "customer_last_name" TEXT NOT NULL,
    "customer_email" TEXT,
    "customer_phone" TEXT,
    "customer_company" TEXT,
    "customer_tax_id" TEXT,
    "locale" TEXT,
    "methods" "payment_method"[],
    "preselect_channel" TEXT,
    "success_url" TEXT,
    "failure_url" TEXT,
    "return_url" TEXT,
    "notification_url" TEXT,
    "documents" JSONB,
    "valid_until" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment_link" (
    "id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "short" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "template" JSONB NOT NULL,
    "uses_max" INTEGER,
    "valid_until" TIMESTAMPTZ(3),
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_link_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transaction" (
    "id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "source" "transaction_source" NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "method" "payment_method" NOT NULL,
    "channel" TEXT NOT NULL,
    "acquirer" TEXT NOT NULL,
    "acquirer_reference" TEXT,
    "status" "transaction_status" NOT NULL,
    "reason" "decline_reason",
    "acquirer_code" TEXT,
    "amount" BIGINT NOT NULL,
    "currency" "currency" NOT NULL,
    "settled_amount" BIGINT NOT NULL DEFAULT 0,
    "refunded_amount" BIGINT NOT NULL DEFAULT 0,
    "late" BOOLEAN NOT NULL DEFAULT false,
    "surplus" BOOLEAN NOT NULL DEFAULT false,
    "profile_id" UUID,
    "confirm_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "transaction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "capture" (
    "id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "transaction_id" UUID NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "status" "movement_status" NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" "currency" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "capture_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refund" (
    "id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "transaction_id" UUID NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "input_hash" BYTEA NOT NULL,
    "status" "movement_status" NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" "currency" NOT NULL,
    "note" TEXT,
    "acquirer_code" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "refund_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dispute" (
    "id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "transaction_id" UUID NOT NULL,
    "status" "dispute_status" NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" "currency" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "dispute_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "commission" (
    "transaction_id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "base" BIGINT NOT NULL,
    "currency" "currency" NOT NULL,
    "rate_ppm" INTEGER NOT NULL,
    "rule" TEXT NOT NULL,
    "payout_id" UUID,
    "computed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "commission_pkey" PRIMARY KEY ("transaction_id")
);

-- CreateTable
CREATE TABLE "profile" (
    "id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "customer_id" TEXT NOT NULL,
    "kind" "profile_kind" NOT NULL,
    "method" "payment_method" NOT NULL,
    "status" "profile_status" NOT NULL,
    "label" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "details" JSONB,
    "first_transaction_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "profile_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "recipient" (
    "id" UUID NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "iban" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "recipient_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "basket_share" (
    "id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "recipient_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" "currency" NOT NULL,
    "label" TEXT NOT NULL,
    "title" TEXT,

    CONSTRAINT "basket_share_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" BIGSERIAL NOT NULL,
    "kind" "account_kind" NOT NULL,
    "owner" TEXT NOT NULL,
    "currency" "currency" NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account_balance" (
    "account_id" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "account_balance_pkey" PRIMARY KEY ("account_id")
);

-- CreateTable
CREATE TABLE "posting" (
    "id" BIGSERIAL NOT NULL,
    "kind" "posting_kind" NOT NULL,
    "from_id" BIGINT NOT NULL,
    "to_id" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" "currency" NOT NULL,
    "capture_id" UUID,
    "refund_id" UUID,
    "payout_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "posting_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payout" (
    "id" UUID NOT NULL,
    "account_owner" TEXT NOT NULL,
    "shop_id" UUID,
    "recipient_id" UUID,
    "currency" "currency" NOT NULL,
    "business_day" DATE NOT NULL,
    "status" "payout_status" NOT NULL,
    "gross" BIGINT NOT NULL,
    "refunds" BIGINT NOT NULL,
    "commission" BIGINT NOT NULL,
    "net" BIGINT NOT NULL,
    "iban" TEXT NOT NULL,
    "expected_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payout_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event" (
    "shop_id" UUID NOT NULL,
    "number" BIGINT NOT NULL,
    "type" "event_type" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "payment_id" UUID,
    "transaction_id" UUID,
    "refund_id" UUID,
    "payout_id" UUID,
    "profile_id" UUID,
    "data" JSONB NOT NULL,

    CONSTRAINT "event_pkey" PRIMARY KEY ("shop_id","number","at")
) PARTITION BY RANGE ("at");

-- CreateTable
CREATE TABLE "reader" (
    "name" TEXT NOT NULL,
    "shop_id" UUID NOT NULL,
    "number" BIGINT NOT NULL,

    CONSTRAINT "reader_pkey" PRIMARY KEY ("name","shop_id")
);

-- CreateTable
CREATE TABLE "webhook_delivery" (
    "id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "event_number" BIGINT NOT NULL,
    "payment_id" UUID,
    "form" "notification_form" NOT NULL,
    "url" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "status" "delivery_status" NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_attempt" (
    "delivery_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "duration_ms" INTEGER NOT NULL,
    "response_status" INTEGER,
    "response_body" TEXT,
    "error" TEXT,
    "manual" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "webhook_attempt_pkey" PRIMARY KEY ("delivery_id","number")
);

-- CreateTable
CREATE TABLE "timer" (
    "kind" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "round" INTEGER NOT NULL DEFAULT 0,
    "queue" TEXT,

    CONSTRAINT "timer_pkey" PRIMARY KEY ("kind","subject")
);

-- CreateTable
CREATE TABLE "refused_operation" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "shop_id" UUID,
    "api_key_id" UUID,
    "operation" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "idempotency_key" TEXT,
    "subject" TEXT,

    CONSTRAINT "refused_operation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "sequence" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "merchant_id" TEXT,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "previous" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("sequence")
);

-- CreateTable
CREATE TABLE "sandbox_order" (
    "reference" UUID NOT NULL,
    "acquirer" TEXT NOT NULL,
    "merchant_id" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" "currency" NOT NULL,
    "script" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "delay_ms" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sandbox_order_pkey" PRIMARY KEY ("reference")
);

-- CreateIndex
CREATE UNIQUE INDEX "contract_merchant_id_key" ON "contract"("merchant_id");

-- CreateIndex
CREATE UNIQUE INDEX "payout_account_current" ON "payout_account"("merchant_id", "currency") WHERE (valid_until is null);

-- CreateIndex
CREATE INDEX "shop_merchant_id_idx" ON "shop"("merchant_id");

-- CreateIndex
CREATE UNIQUE INDEX "shop_id_merchant_id_key" ON "shop"("id", "merchant_id");

-- CreateIndex
CREATE INDEX "service_key_shop_id_idx" ON "service_key"("shop_id");

-- CreateIndex
CREATE UNIQUE INDEX "service_key_current" ON "service_key"("shop_id") WHERE (valid_until is null);

-- CreateIndex
CREATE UNIQUE INDEX "api_key_hash_key" ON "api_key"("hash");

-- CreateIndex
CREATE INDEX "api_key_merchant_id_idx" ON "api_key"("merchant_id");

-- CreateIndex
CREATE INDEX "price_plan_shop_id_valid_from_idx" ON "price_plan"("shop_id", "valid_from" DESC);

-- CreateIndex
CREATE INDEX "payment_shop_id_created_at_id_idx" ON "payment"("shop_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "payment_shop_id_order_id_idx" ON "payment"("shop_id", "order_id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_shop_id_source_idempotency_key_key" ON "payment"("shop_id", "source", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "payment_id_shop_id_currency_key" ON "payment"("id", "shop_id", "currency");

-- CreateIndex
CREATE UNIQUE INDEX "payment_link_short_key" ON "payment_link"("short");

-- CreateIndex
CREATE UNIQUE INDEX "payment_link_shop_id_idempotency_key_key" ON "payment_link"("shop_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "payment_link_id_shop_id_key" ON "payment_link"("id", "shop_id");

-- CreateIndex
CREATE INDEX "transaction_payment_id_created_at_idx" ON "transaction"("payment_id", "created_at");

-- CreateIndex
CREATE INDEX "transaction_shop_id_created_at_id_idx" ON "transaction"("shop_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "transaction_shop_id_idempotency_key_key" ON "transaction"("shop_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "transaction_id_shop_id_currency_key" ON "transaction"("id", "shop_id", "currency");

-- CreateIndex
CREATE UNIQUE INDEX "transaction_one_live" ON "transaction"("payment_id") WHERE (status = ANY (ARRAY['NEW'::transaction_status, 'PENDING'::transaction_status, 'AUTHORIZED'::transaction_status, 'SUBMITTED'::transaction_status, 'UNKNOWN'::transaction_status]));

-- CreateIndex
CREATE UNIQUE INDEX "transaction_one_settled" ON "transaction"("payment_id") WHERE (status = 'SETTLED' and not surplus);

-- CreateIndex
CREATE INDEX "capture_transaction_id_idx" ON "capture"("transaction_id");

-- CreateIndex
CREATE UNIQUE INDEX "capture_shop_id_idempotency_key_key" ON "capture"("shop_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "capture_id_currency_key" ON "capture"("id", "currency");

-- CreateIndex
CREATE INDEX "refund_transaction_id_idx" ON "refund"("transaction_id");

-- CreateIndex
CREATE INDEX "refund_shop_id_created_at_id_idx" ON "refund"("shop_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "refund_shop_id_idempotency_key_key" ON "refund"("shop_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "refund_id_currency_key" ON "refund"("id", "currency");

-- CreateIndex
CREATE INDEX "dispute_transaction_id_idx" ON "dispute"("transaction_id");

-- CreateIndex
CREATE UNIQUE INDEX "commission_transaction_id_shop_id_currency_key" ON "commission"("transaction_id", "shop_id", "currency");

-- CreateIndex
CREATE INDEX "profile_shop_id_customer_id_idx" ON "profile"("shop_id", "customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "profile_id_shop_id_key" ON "profile"("id", "shop_id");

-- CreateIndex
CREATE UNIQUE INDEX "recipient_merchant_id_iban_key" ON "recipient"("merchant_id", "iban");

-- CreateIndex
CREATE INDEX "basket_share_payment_id_idx" ON "basket_share"("payment_id");

-- CreateIndex
CREATE UNIQUE INDEX "account_kind_owner_currency_key" ON "account"("kind", "owner", "currency");

-- CreateIndex
CREATE UNIQUE INDEX "account_id_currency_key" ON "account"("id", "currency");

-- CreateIndex
CREATE INDEX "posting_from_id_id_idx" ON "posting"("from_id", "id");

-- CreateIndex
CREATE INDEX "posting_to_id_id_idx" ON "posting"("to_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "posting_sale_once" ON "posting"("capture_id") WHERE (kind = 'SALE');

-- CreateIndex
CREATE UNIQUE INDEX "payout_account_owner_currency_business_day_key" ON "payout"("account_owner", "currency", "business_day");

-- CreateIndex
CREATE UNIQUE INDEX "payout_id_currency_key" ON "payout"("id", "currency");

-- CreateIndex
CREATE INDEX "event_payment_id_number_idx" ON "event"("payment_id", "number");

-- CreateIndex
CREATE INDEX "webhook_delivery_payment_id_event_number_idx" ON "webhook_delivery"("payment_id", "event_number");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_delivery_shop_id_event_number_key" ON "webhook_delivery"("shop_id", "event_number");

-- CreateIndex
CREATE INDEX "timer_due_at_idx" ON "timer"("due_at");

-- CreateIndex
CREATE INDEX "refused_operation_merchant_id_at_idx" ON "refused_operation"("merchant_id", "at");

-- CreateIndex
CREATE INDEX "audit_entry_merchant_id_sequence_idx" ON "audit_entry"("merchant_id", "sequence");

-- AddForeignKey
ALTER TABLE "contract" ADD CONSTRAINT "contract_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payout_account" ADD CONSTRAINT "payout_account_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop" ADD CONSTRAINT "shop_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_counter" ADD CONSTRAINT "shop_counter_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shop_method" ADD CONSTRAINT "shop_method_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "service_key" ADD CONSTRAINT "service_key_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_shop_id_merchant_id_fkey" FOREIGN KEY ("shop_id", "merchant_id") REFERENCES "shop"("id", "merchant_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "price_plan" ADD CONSTRAINT "price_plan_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "price_rate" ADD CONSTRAINT "price_rate_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "price_plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_link_id_shop_id_fkey" FOREIGN KEY ("link_id", "shop_id") REFERENCES "payment_link"("id", "shop_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_link" ADD CONSTRAINT "payment_link_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transaction" ADD CONSTRAINT "transaction_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transaction" ADD CONSTRAINT "transaction_payment_id_shop_id_currency_fkey" FOREIGN KEY ("payment_id", "shop_id", "currency") REFERENCES "payment"("id", "shop_id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transaction" ADD CONSTRAINT "transaction_profile_id_shop_id_fkey" FOREIGN KEY ("profile_id", "shop_id") REFERENCES "profile"("id", "shop_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "capture" ADD CONSTRAINT "capture_transaction_id_shop_id_currency_fkey" FOREIGN KEY ("transaction_id", "shop_id", "currency") REFERENCES "transaction"("id", "shop_id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refund" ADD CONSTRAINT "refund_transaction_id_shop_id_currency_fkey" FOREIGN KEY ("transaction_id", "shop_id", "currency") REFERENCES "transaction"("id", "shop_id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dispute" ADD CONSTRAINT "dispute_transaction_id_shop_id_currency_fkey" FOREIGN KEY ("transaction_id", "shop_id", "currency") REFERENCES "transaction"("id", "shop_id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "commission" ADD CONSTRAINT "commission_transaction_id_shop_id_currency_fkey" FOREIGN KEY ("transaction_id", "shop_id", "currency") REFERENCES "transaction"("id", "shop_id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "commission" ADD CONSTRAINT "commission_payout_id_fkey" FOREIGN KEY ("payout_id") REFERENCES "payout"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "profile" ADD CONSTRAINT "profile_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recipient" ADD CONSTRAINT "recipient_merchant_id_fkey" FOREIGN KEY ("merchant_id") REFERENCES "merchant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "basket_share" ADD CONSTRAINT "basket_share_payment_id_shop_id_currency_fkey" FOREIGN KEY ("payment_id", "shop_id", "currency") REFERENCES "payment"("id", "shop_id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "basket_share" ADD CONSTRAINT "basket_share_recipient_id_fkey" FOREIGN KEY ("recipient_id") REFERENCES "recipient"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account_balance" ADD CONSTRAINT "account_balance_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posting" ADD CONSTRAINT "posting_from_id_currency_fkey" FOREIGN KEY ("from_id", "currency") REFERENCES "account"("id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posting" ADD CONSTRAINT "posting_to_id_currency_fkey" FOREIGN KEY ("to_id", "currency") REFERENCES "account"("id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posting" ADD CONSTRAINT "posting_capture_id_currency_fkey" FOREIGN KEY ("capture_id", "currency") REFERENCES "capture"("id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posting" ADD CONSTRAINT "posting_refund_id_currency_fkey" FOREIGN KEY ("refund_id", "currency") REFERENCES "refund"("id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posting" ADD CONSTRAINT "posting_payout_id_currency_fkey" FOREIGN KEY ("payout_id", "currency") REFERENCES "payout"("id", "currency") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_attempt" ADD CONSTRAINT "webhook_attempt_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "webhook_delivery"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ---------------------------------------------------------------------------------------------------------------------
-- By hand, since the schema language cannot say it (docs/decisions/0002-database-holds-the-invariants.md).

-- Events are kept in monthly partitions, so that old months can be dropped whole. The default one takes what no month
-- holds, such as events of a merchant whose sandbox clock is far ahead, so that an insert never fails for want of one.
create table event_default partition of event default;

create function ensure_event_partition(month date) returns void language plpgsql as $$
declare
  lower_end timestamptz := date_trunc('month', month)::timestamp at time zone 'UTC';
  upper_end timestamptz := (date_trunc('month', month) + interval '1 month')::timestamp at time zone 'UTC';
  partition text := 'event_' || to_char(month, 'YYYY_MM');
begin
  if to_regclass(partition) is not null or exists (select from event_default where at >= lower_end and at < upper_end) then
    return;
  end if;
  execute format('create table %I partition of event for values from (%L) to (%L)', partition, lower_end, upper_end);
  -- A trigger for truncate does not reach the partitions of its table.
  execute format('create trigger no_truncate before truncate on %I for each statement execute function refuse_change()', partition);
end $$;

-- What was posted, told or audited is never changed; undoing is a new row.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed or deleted', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger posting_append_only before update or delete on posting for each row execute function refuse_change();
create trigger event_append_only before update or delete on event for each row execute function refuse_change();
create trigger audit_entry_append_only before update or delete on audit_entry for each row execute function refuse_change();
create trigger posting_no_truncate before truncate on posting for each statement execute function refuse_change();
create trigger event_no_truncate before truncate on event for each statement execute function refuse_change();
create trigger no_truncate before truncate on event_default for each statement execute function refuse_change();
create trigger audit_entry_no_truncate before truncate on audit_entry for each statement execute function refuse_change();

alter table merchant add constraint merchant_id_form check (id ~ '^[a-z0-9]{20}$');
alter table shop add constraint shop_delay check (sandbox_delay_ms between 0 and 600000);
alter table api_key add constraint api_key_scopes check (kind = 'REST' or cardinality(scopes) > 0);
alter table price_rate add constraint price_rate_range check (rate_ppm between 0 and 1000000);
alter table price_plan add constraint price_plan_overdraft check (overdraft >= 0);
alter table shop_counter add constraint shop_counter_range check (last_number >= 0);
alter table event add constraint event_number_range check (number > 0);

alter table payment
  add constraint payment_amount check (amount between 1 and 999999999),
  add constraint payment_refunded check (refunded_amount between 0 and amount),
  add constraint payment_key check (length(idempotency_key) between 1 and 300),
  add constraint payment_settled_at check ((status = 'SETTLED') = (settled_at is not null));

alter table transaction
  add constraint transaction_amount check (amount between 1 and 999999999),
  add constraint transaction_settled check (settled_amount between 0 and amount),
  add constraint transaction_refunded check (refunded_amount between 0 and settled_amount),
  add constraint transaction_settled_at check ((status = 'SETTLED') = (settled_at is not null)),
  add constraint transaction_money check (status <> 'SETTLED' or settled_amount > 0),
  add constraint transaction_surplus check (not surplus or status = 'SETTLED'),
  add constraint transaction_late check (not late or status = 'SETTLED');

alter table capture add constraint capture_amount check (amount > 0);
alter table refund add constraint refund_amount check (amount > 0);
alter table dispute add constraint dispute_amount check (amount > 0);
alter table basket_share add constraint basket_share_amount check (amount > 0);
alter table commission add constraint commission_range check (base > 0 and amount between 0 and base);
alter table posting
  add constraint posting_amount check (amount > 0),
  add constraint posting_ends check (from_id <> to_id);
alter table payout add constraint payout_sum check (net = gross - refunds - commission);

-- The counter row is updated by every change of its shop: room on the page lets that stay a heap-only update.
alter table shop_counter set (fillfactor = 50);
alter table account_balance set (fillfactor = 50);
