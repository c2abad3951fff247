-- When hosts may be changed. A window's start is a time on the wall clock of its zone.
create table fleet.maintenance_windows (
    id               uuid        primary key,
    group_name       text        not null references fleet.groups (name),
    name             text        not null check (name <> ''),
    zone             text        not null,
    starts           timestamp   not null,
    rule             text        not null,
    shift_days       int         not null check (shift_days between 0 and 31),
    duration_seconds bigint      not null check (duration_seconds between 300 and 604800),
    created_at       timestamptz not null,
    created_by       text        not null,
    unique (group_name, name)
);

-- A freeze without a group holds for the whole fleet. What was decided stays on record.
create table fleet.freezes (
    id         uuid        primary key,
    group_name text        not null,
    from_at    timestamptz not null,
    to_at      timestamptz not null,
    reason     text        not null check (reason <> ''),
    created_at timestamptz not null,
    created_by text        not null,
    ended_at   timestamptz,
    ended_by   text        not null,
    check (from_at < to_at)
);

create index freezes_by_end on fleet.freezes (to_at);
