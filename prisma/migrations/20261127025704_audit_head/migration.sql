-- CreateTable
CREATE TABLE "audit_head" (
    "only" BOOLEAN NOT NULL DEFAULT true,
    "sequence" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_head_pkey" PRIMARY KEY ("only")
);

alter table audit_head add constraint audit_head_only check ("only");

insert into audit_head (sequence, hash)
select coalesce(max(sequence), 0), coalesce((select hash from audit_entry order by sequence desc limit 1), decode(repeat('00', 32), 'hex'))
from audit_entry;

-- An entry can be written at the end alone, and moves the head on; so the head is ahead of a log that was cut off.
create function advance_audit_head() returns trigger language plpgsql as $$
begin
  update audit_head set sequence = new.sequence, hash = new.hash
  where sequence = new.sequence - 1 and hash = new.previous;
  if not found then
    raise exception 'entry % does not follow the last entry of the audit log', new.sequence using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
create trigger audit_entry_at_end after insert on audit_entry for each row execute function advance_audit_head();

create function guard_audit_head() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and new.sequence = old.sequence + 1 and pg_trigger_depth() > 1 then
    return new;
  end if;
  raise exception 'the head of the audit log moves with its entries only' using errcode = 'restrict_violation';
end $$;
create trigger audit_head_guard before update or delete on audit_head for each row execute function guard_audit_head();
create trigger audit_head_no_truncate before truncate on audit_head for each statement execute function refuse_change();
