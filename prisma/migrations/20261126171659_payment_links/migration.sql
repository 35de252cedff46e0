-- CreateIndex
CREATE INDEX "payment_of_link" ON "payment"("link_id") WHERE (link_id is not null);

-- CreateIndex
CREATE INDEX "payment_link_shop_id_created_at_id_idx" ON "payment_link"("shop_id", "created_at" DESC, "id" DESC);

-- A link without an end of uses has null; a template is what payments are made of, so it is an object.
alter table payment_link
  add constraint payment_link_short check (short ~ '^[0-9A-Za-z]{10}$'),
  add constraint payment_link_uses_max check (uses_max >= 1),
  add constraint payment_link_template check (jsonb_typeof(template) = 'object');

-- Payments of the door LINK are those, and only those, that a link made.
alter table payment add constraint payment_link_source check ((source = 'LINK') = (link_id is not null)) not valid;
alter table payment validate constraint payment_link_source;
