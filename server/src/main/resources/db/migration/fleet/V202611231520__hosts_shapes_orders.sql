create schema fleet;

-- A group of hosts: what holds for its hosts unless a host says otherwise. Its patch policy is
-- governance's.
create table fleet.groups (
    name        text primary key check (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    environment text not null check (environment in ('PROD', 'STAGE', 'DEV')),
    criticality text not null check (criticality in ('LOW', 'MEDIUM', 'HIGH', 'VERY_HIGH')),
    exposure    text not null check (exposure in ('INTERNET', 'INTERNAL', 'ISOLATED', 'UNKNOWN')),
    created_at  timestamptz not null default now()
);

insert into fleet.groups (name, environment, criticality, exposure)
values ('unassigned', 'PROD', 'MEDIUM', 'UNKNOWN');

-- Package versions, each once for the whole fleet.
create table fleet.packages (
    id             int generated always as identity primary key,
    name           text not null,
    architecture   text not null,
    version        text not null,
    source_name    text not null,
    source_version text not null,
    status         text not null,
    unique (name, architecture, version, source_name, source_version, status)
);

create index packages_by_source on fleet.packages (source_name, source_version);

-- A shape: an exact package set on a distribution, named by its SHA-256. Never changed.
create table fleet.shapes (
    digest       text primary key check (digest ~ '^[0-9a-f]{64}$'),
    distribution text not null,
    codename     text not null,
    packages     int[] not null,
    first_seen   timestamptz not null
);

create table fleet.hosts (
    id                 uuid primary key,
    name               text not null,
    machine_id         text not null,
    group_name         text not null references fleet.groups,
    environment        text check (environment in ('PROD', 'STAGE', 'DEV')),
    criticality        text check (criticality in ('LOW', 'MEDIUM', 'HIGH', 'VERY_HIGH')),
    exposure           text check (exposure in ('INTERNET', 'INTERNAL', 'ISOLATED', 'UNKNOWN')),
    enrolled_at        timestamptz not null,
    retired_at         timestamptz,
    last_seen          timestamptz,
    agent_version      text not null default '',
    boot_id            text not null default '',
    running_order      uuid,
    acknowledged       bigint not null default 0 check (acknowledged >= 0),
    inventory_digest   text not null default '',
    checkpoints_digest text not null default '',
    certificate        text not null default '',
    shape              text references fleet.shapes,
    platform           jsonb,
    capabilities       jsonb,
    check ((shape is null) = (platform is null) and (shape is null) = (capabilities is null))
);

create index hosts_by_name on fleet.hosts (name);
create index hosts_by_group on fleet.hosts (group_name);
create index hosts_by_shape on fleet.hosts (shape);

-- Which shape a host had, and when: [from_at, to_at).
create table fleet.shape_history (
    host    uuid not null references fleet.hosts,
    shape   text not null references fleet.shapes,
    from_at timestamptz not null,
    to_at   timestamptz,
    primary key (host, from_at),
    check (to_at is null or to_at >= from_at)
);

create unique index shape_history_now on fleet.shape_history (host) where to_at is null;
create index shape_history_by_shape on fleet.shape_history (shape);

-- The newest inventory of a host, as gzip of its JSON without the packages (the shape has those).
create table fleet.inventories (
    host        uuid primary key references fleet.hosts,
    digest      text not null,
    shape       text not null references fleet.shapes,
    received_at timestamptz not null,
    document    bytea not null
);

create table fleet.checkpoints (
    host        uuid not null references fleet.hosts,
    id          text not null,
    taken_at    timestamptz not null,
    plan_digest text not null,
    bytes       bigint not null check (bytes >= 0),
    primary key (host, id)
);

create table fleet.orders (
    id           uuid primary key,
    host         uuid not null references fleet.hosts,
    kind         text not null,
    body         jsonb not null,
    changes_host boolean not null,
    nonce        text not null unique,
    issued_at    timestamptz not null,
    not_after    timestamptz not null check (not_after > issued_at),
    state        text not null default 'QUEUED' check (state in
                     ('QUEUED', 'DELIVERED', 'ACCEPTED', 'ENDED', 'EXPIRED', 'CANCELLED')),
    deliveries   int not null default 0,
    delivered_at timestamptz,
    accepted_at  timestamptz,
    ended_at     timestamptz,
    phase        text not null default '',
    report       jsonb,
    check ((state = 'ENDED') = (report is not null))
);

create index orders_by_host on fleet.orders (host, issued_at);
create index orders_open on fleet.orders (host) where state in ('QUEUED', 'DELIVERED', 'ACCEPTED');
create index orders_to_expire on fleet.orders (not_after) where state in ('QUEUED', 'DELIVERED');

-- What agents reported, each sequence number of a host once.
create table fleet.agent_events (
    host        uuid not null references fleet.hosts,
    sequence    bigint not null check (sequence >= 1),
    at          timestamptz not null,
    received_at timestamptz not null,
    order_id    uuid,
    report      jsonb not null,
    primary key (host, sequence)
);

create index agent_events_by_order on fleet.agent_events (order_id) where order_id is not null;

-- Single use: a token is used by the host whose key it was first presented with, and by no other.
create table fleet.enrolment_tokens (
    id           uuid primary key,
    secret_hash  text not null unique,
    group_name   text not null references fleet.groups,
    created_by   text not null,
    created_at   timestamptz not null,
    expires_at   timestamptz not null check (expires_at > created_at),
    withdrawn_at timestamptz,
    used_at      timestamptz,
    used_by      uuid,
    key_digest   text,
    check ((used_at is null) = (used_by is null) and (used_at is null) = (key_digest is null))
);

create table fleet.certificates (
    serial     text primary key,
    host       uuid not null references fleet.hosts,
    key_digest text not null,
    not_before timestamptz not null,
    not_after  timestamptz not null,
    revoked_at timestamptz,
    reason     text,
    check ((revoked_at is null) = (reason is null))
);

create index certificates_by_host on fleet.certificates (host);
create index certificates_revoked on fleet.certificates (revoked_at) where revoked_at is not null;

-- The authority's own key and certificate: one row, made at the first start, shared by all
-- replicas.
create table fleet.authority (
    id          int primary key default 1 check (id = 1),
    private_key bytea not null,
    certificate bytea not null,
    created_at  timestamptz not null
);

-- Keys that sign orders. Agents obey all that are not retired; the newest of them signs.
create table fleet.order_keys (
    key_id      text primary key,
    private_key bytea not null,
    public_key  bytea not null,
    created_at  timestamptz not null,
    retired_at  timestamptz
);

-- Hosts with what their groups add.
create view fleet.effective_hosts as
select h.id, h.name, h.group_name,
       coalesce(h.environment, g.environment) as environment,
       coalesce(h.criticality, g.criticality) as criticality,
       coalesce(h.exposure, g.exposure)       as exposure,
       h.enrolled_at, h.last_seen, h.retired_at, h.agent_version, h.boot_id, h.running_order,
       h.shape, h.platform, h.capabilities
from fleet.hosts h
join fleet.groups g on g.name = h.group_name;

create view fleet.published_hosts as
select id, name, group_name, environment, criticality, exposure, shape, last_seen, retired_at
from fleet.effective_hosts;

-- The distinct source versions of each shape: what advisories are matched against.
create view fleet.published_shape_sources as
select distinct s.digest as shape, s.distribution, s.codename, p.source_name, p.source_version
from fleet.shapes s
cross join lateral unnest(s.packages) as u (id)
join fleet.packages p on p.id = u.id;

create view fleet.published_shape_history as
select host, shape, from_at, to_at
from fleet.shape_history;
