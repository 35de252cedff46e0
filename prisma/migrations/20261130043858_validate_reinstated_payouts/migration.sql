-- Reads all rows, while everybody reads and writes.
alter table payout validate constraint payout_reinstated;
