-- AlterTable
ALTER TABLE "recipient" ADD COLUMN     "is_confirmed" BOOLEAN NOT NULL DEFAULT false;

-- Whom a call with a key or a token has named; a form may have been changed by its payer.
update recipient r set is_confirmed = true where exists (
  select from basket_share s join payment p on p.id = s.payment_id where s.recipient_id = r.id and p.source <> 'FORM'
);
