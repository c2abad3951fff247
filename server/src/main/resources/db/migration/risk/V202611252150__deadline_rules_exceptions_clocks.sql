-- By which rule a group's deadlines are set; the empty name is for every group without its own.
create table risk.deadline_rules (
    group_name    text primary key,
    standard      text    not null check (standard in ('BOD_26_04', 'SSVC', 'PCI', 'SLA')),
    days          int[]   not null,
    business_days boolean not null,
    holidays      date[]  not null
);

-- Findings that somebody decided to leave open for a while. Rows are ended, never deleted.
create table risk.exceptions (
    id         uuid primary key,
    subject    text        not null,
    host       uuid,
    group_name text        not null,
    owner      text        not null check (owner <> ''),
    reason     text        not null check (reason <> ''),
    created_at timestamptz not null,
    created_by text        not null,
    until      timestamptz not null,
    ended_at   timestamptz,
    ended_by   text        not null,
    check (host is null or group_name = ''),
    check (until > created_at),
    check ((ended_at is null) = (ended_by = ''))
);

create index exceptions_open on risk.exceptions (until) where ended_at is null;

-- What started the clock of a CVE in a patch. A later start, such as a listing as exploited, is one
-- more row: what people were told before stays on record.
create table risk.clocks (
    patch       text        not null,
    cve         text        not null,
    started_at  timestamptz not null,
    reason      text        not null,
    recorded_at timestamptz not null,
    primary key (patch, cve, started_at, reason)
);
