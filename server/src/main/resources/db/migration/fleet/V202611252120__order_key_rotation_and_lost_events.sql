-- A key that was followed by another one still counts until `retires_at`; its private half is wiped
-- when it retires. `announcement` is the signature by which the key before vouches for this one.
alter table fleet.order_keys alter column private_key drop not null;
alter table fleet.order_keys add column number bigint generated always as identity;
alter table fleet.order_keys add column retires_at timestamptz;
alter table fleet.order_keys add column announced_by text references fleet.order_keys;
alter table fleet.order_keys add column announcement text;
alter table fleet.order_keys add check (retired_at is not null or private_key is not null);
alter table fleet.order_keys add check ((announced_by is null) = (announcement is null));

-- A host that was told more of its events were stored than are stored here: this database was put
-- back to an older state. Until the host is understood again it gets no orders.
alter table fleet.hosts add column ahead_to bigint check (ahead_to >= 1);

-- Events that no host can tell again.
create table fleet.lost_events (
    host       uuid not null references fleet.hosts,
    first      bigint not null check (first >= 1),
    last       bigint not null check (last >= first),
    noticed_at timestamptz not null,
    primary key (host, first)
);

-- For the deletion of what is old.
create index agent_events_by_age on fleet.agent_events (received_at);
create index orders_by_age on fleet.orders (issued_at) where state in ('ENDED', 'EXPIRED', 'CANCELLED');
