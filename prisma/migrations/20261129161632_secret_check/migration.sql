-- CreateTable
CREATE TABLE "secret_check" (
    "only" BOOLEAN NOT NULL DEFAULT true,
    "value" BYTEA NOT NULL,

    CONSTRAINT "secret_check_pkey" PRIMARY KEY ("only")
);

alter table secret_check add constraint secret_check_only check ("only");
