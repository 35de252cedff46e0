-- A payment is updated twice within seconds of being made, and so is an attempt. Where a page has no room the new version goes
-- to another one, with an entry in each index of the table: so did two thirds of the updates of payments, and with this one in
-- six does. What changes the state of an attempt always makes entries, since indexes depend on it; the other update need not.
alter table payment set (fillfactor = 70);
alter table transaction set (fillfactor = 70);
