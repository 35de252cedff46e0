-- CreateTable
CREATE TABLE "account_snapshot" (
    "account_id" BIGINT NOT NULL,
    "day" DATE NOT NULL,
    "amount" BIGINT NOT NULL,
    "first_id" BIGINT NOT NULL,
    "last_id" BIGINT NOT NULL,
    "latest_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_snapshot_pkey" PRIMARY KEY ("account_id","day")
);

-- CreateTable
CREATE TABLE "snapshot_progress" (
    "id" SMALLINT NOT NULL,
    "counted_through" BIGINT NOT NULL,
    "handed_out" BIGINT NOT NULL,
    "writers" TEXT[],

    CONSTRAINT "snapshot_progress_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "check_progress" (
    "id" SMALLINT NOT NULL,
    "postings_through" BIGINT NOT NULL,
    "transaction_id" UUID,
    "payout_id" UUID,
    "account_id" BIGINT NOT NULL,

    CONSTRAINT "check_progress_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "posting_rule" (
    "kind" TEXT NOT NULL,
    "from_kind" TEXT NOT NULL,
    "to_kind" TEXT NOT NULL,
    "one_owner" BOOLEAN NOT NULL,

    CONSTRAINT "posting_rule_pkey" PRIMARY KEY ("kind","from_kind","to_kind")
);

-- CreateIndex
CREATE INDEX "posting_of_refund" ON "posting"("refund_id") WHERE (refund_id is not null);

-- CreateIndex
CREATE INDEX "posting_of_held_money" ON "posting"("held_for_id") WHERE (held_for_id is not null);

-- AddForeignKey
ALTER TABLE "account_snapshot" ADD CONSTRAINT "account_snapshot_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "account"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What schema.prisma cannot say.

alter table snapshot_progress add constraint snapshot_progress_one_row check (id = 1);
insert into snapshot_progress (id, counted_through, handed_out, writers) values (1, 0, 0, '{}');
alter table check_progress add constraint check_progress_one_row check (id = 1);
insert into check_progress (id, postings_through, account_id) values (1, 0, 0);

-- The chart of accounts (src/ledger/accounts.ts; a test compares them). Who adds a kind of posting adds its rows.
insert into posting_rule (kind, from_kind, to_kind, one_owner) values
  ('SALE', 'ACQUIRER', 'SHOP', false),
  ('SALE', 'ACQUIRER', 'RECIPIENT', false),
  ('REFUND_ORDERED', 'SHOP', 'REFUNDS', false),
  ('REFUND_ORDERED', 'RECIPIENT', 'REFUNDS', false),
  ('REFUND_SETTLED', 'REFUNDS', 'ACQUIRER', true),
  ('REFUND_REJECTED', 'REFUNDS', 'SHOP', false),
  ('REFUND_REJECTED', 'REFUNDS', 'RECIPIENT', false),
  ('COMMISSION', 'SHOP', 'COMMISSION', false),
  ('COMMISSION', 'RECIPIENT', 'COMMISSION', false),
  ('COMMISSION', 'COMMISSION', 'SHOP', false),
  ('COMMISSION', 'COMMISSION', 'RECIPIENT', false),
  ('PAYOUT', 'SHOP', 'PAYOUTS', false),
  ('PAYOUT', 'RECIPIENT', 'PAYOUTS', false),
  ('PAYOUT_CONFIRMED', 'PAYOUTS', 'BANK', false),
  ('PAYOUT_RETURNED', 'PAYOUTS', 'SHOP', false),
  ('PAYOUT_RETURNED', 'PAYOUTS', 'RECIPIENT', false),
  ('PAYOUT_RETURNED', 'BANK', 'SHOP', false),
  ('PAYOUT_RETURNED', 'BANK', 'RECIPIENT', false),
  ('ACQUIRER_PAID', 'BANK', 'ACQUIRER', false),
  ('DISPUTE_OPENED', 'DISPUTES', 'ACQUIRER', true),
  ('DISPUTE_WON', 'ACQUIRER', 'DISPUTES', true),
  ('DISPUTE_LOST', 'SHOP', 'DISPUTES', false),
  ('DISPUTE_LOST', 'RECIPIENT', 'DISPUTES', false),
  ('MONEY_HELD', 'ACQUIRER', 'SUSPENSE', false),
  ('HELD_RETURNED', 'SUSPENSE', 'ACQUIRER', false);

-- For each statement and not for each row: a batch of postings costs one look at its accounts.
create function refuse_stray_posting() returns trigger language plpgsql as $$
declare stray record;
begin
  select w.kind, f.kind as from_kind, t.kind as to_kind into stray
  from written w join account f on f.id = w.from_id join account t on t.id = w.to_id
  left join posting_rule r on r.kind = w.kind::text and r.from_kind = f.kind::text and r.to_kind = t.kind::text
  where r.kind is null or (r.one_owner and f.owner <> t.owner)
  limit 1;
  if found then
    raise exception 'the chart of accounts knows no % from this % to this %', stray.kind, stray.from_kind, stray.to_kind
      using errcode = 'check_violation', constraint = 'posting_route';
  end if;
  return null;
end $$;
create trigger posting_route after insert on posting referencing new table as written
  for each statement execute function refuse_stray_posting();
