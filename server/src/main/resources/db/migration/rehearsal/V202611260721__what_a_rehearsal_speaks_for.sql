-- The makeup of the host when it was asked: the rehearsal is evidence for all hosts of that makeup
-- and the same plan.
alter table rehearsal.rehearsals add column makeup text check (makeup ~ '^[0-9a-f]{64}$');

create index rehearsals_by_makeup on rehearsal.rehearsals (plan_digest, makeup, requested_at desc)
    where makeup is not null;
