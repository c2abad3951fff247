-- Hosts that stand in for each other, and how many of them have to stay in service: a number, or a
-- percentage of the members, rounded up.
create table fleet.ha_groups (
    name       text        primary key check (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    quorum     text        not null check (quorum ~ '^[1-9][0-9]{0,5}%?$'),
    changed_at timestamptz not null,
    changed_by text        not null
);

-- A host is a member of at most one. `confirmed_at` is when a person last said that it is in
-- service, whatever a rollout made of it before.
create table fleet.ha_members (
    host           uuid        primary key references fleet.hosts,
    ha_group       text        not null references fleet.ha_groups on delete cascade,
    confirmed_at   timestamptz,
    confirmed_by   text,
    confirmed_with text,
    check ((confirmed_at is null) = (confirmed_by is null)
           and (confirmed_at is null) = (confirmed_with is null))
);

create index ha_members_by_group on fleet.ha_members (ha_group);

-- How many hosts may be in work at once: of a group, or of the whole fleet where it is empty.
create table fleet.disruption_budgets (
    group_name text primary key,
    most       text not null check (most ~ '^[1-9][0-9]{0,5}%?$')
);

-- How many applies and rehearsals may be under way at once; null: as many as there are. Its one
-- row is what whoever issues orders that count locks first, so that no two count at the same time.
create table fleet.work_capacity (
    id         int primary key default 1 check (id = 1),
    applies    int check (applies >= 1),
    rehearsals int check (rehearsals >= 1)
);

insert into fleet.work_capacity default values;

-- `host` is changed only after `after` was, and is in service again.
create table fleet.host_sequence (
    host  uuid not null references fleet.hosts,
    after uuid not null references fleet.hosts,
    primary key (host, after),
    check (host <> after)
);

create index host_sequence_by_after on fleet.host_sequence (after);

-- Units that are enabled and have failed, by the inventory; null where it came before this was
-- looked at.
alter table fleet.inventories add column failed_units text[];
