-- CreateTable
-- Unlogged, by hand: each attempt to pay writes here, and must not wait for the disk a second time. After a crash of
-- PostgreSQL the table is empty, and a standby has none of it: counts begin anew, no money is concerned.
CREATE UNLOGGED TABLE "abuse_count" (
    "key" VARCHAR(255) NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "abuse_count_pkey" PRIMARY KEY ("key")
);
