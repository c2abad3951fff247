-- Groups that need a patch by a deadline which is missed unless somebody acts, and that no rollout
-- brings to them. Beside rollout.escalations, which servers of the version before read.
create table rollout.unplanned (
    id              uuid primary key,
    group_name      text not null,
    patch           text not null,
    due             timestamptz not null,
    sentence        text not null,
    raised_at       timestamptz not null,
    told_at         timestamptz not null,
    told            int not null check (told >= 1),
    acknowledged_by text,
    acknowledged_at timestamptz,
    note            text,
    ended_at        timestamptz,
    end_reason      text,
    check ((acknowledged_by is null) = (acknowledged_at is null)
           and (acknowledged_by is null) = (note is null)),
    check ((ended_at is null) = (end_reason is null))
);

-- compatible: of a table that is new
create unique index unplanned_open on rollout.unplanned (group_name) where ended_at is null;
