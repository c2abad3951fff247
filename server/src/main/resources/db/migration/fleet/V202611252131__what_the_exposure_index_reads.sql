-- What a shape's release and version order follow from.
alter table fleet.shapes
    add column number          int generated always as identity unique,
    add column version         text not null default '',
    add column package_manager text not null default '';

update fleet.shapes s
set version         = coalesce(h.platform ->> 'version', ''),
    package_manager = coalesce(h.capabilities ->> 'packageManager', '')
from (select distinct on (shape) shape, platform, capabilities
      from fleet.hosts
      where shape is not null
      order by shape, id) h
where h.shape = s.digest;

update fleet.shapes
set package_manager = 'apt'
where package_manager = '' and distribution in ('debian', 'ubuntu');

-- The source versions that hosts' package managers would bring, and the CVEs that their changelogs
-- name. Equal hosts share one.
create table fleet.pending_sets (
    number     int generated always as identity unique,
    digest     text primary key check (digest ~ '^[0-9a-f]{64}$'),
    sources    text[] not null,
    versions   text[] not null,
    cves       text[] not null,
    security   boolean[] not null,
    check (cardinality(sources) = cardinality(versions)
       and cardinality(sources) = cardinality(cves)
       and cardinality(sources) = cardinality(security))
);

-- `changed` is the transaction that last changed what the exposure index reads of a host.
alter table fleet.hosts
    add column pending text references fleet.pending_sets,
    add column changed xid8 not null default pg_current_xact_id();

create index hosts_changed on fleet.hosts (changed);

-- A stamp that no writer can forget. The notification only wakes replicas up.
create function fleet.stamp_host() returns trigger language plpgsql as $$
begin
    new.changed := pg_current_xact_id();
    perform pg_notify('understudy_changes', '');
    return new;
end
$$;

create trigger hosts_stamp
before update of group_name, exposure, retired_at, shape, pending on fleet.hosts
for each row execute function fleet.stamp_host();

-- What of an earlier shape a host still runs although newer packages are installed: from when the
-- host reported it, until nothing that it reported then is left. KERNEL concerns the kernel alone.
create table fleet.held_shapes (
    host     uuid        not null references fleet.hosts,
    shape    text        not null references fleet.shapes,
    scope    text        not null check (scope in ('KERNEL', 'ANY')),
    evidence bigint[]    not null,
    from_at  timestamptz not null,
    to_at    timestamptz,
    primary key (host, scope, shape, from_at),
    check (to_at is null or to_at >= from_at)
);

create index held_shapes_now on fleet.held_shapes (host) where to_at is null;
create index held_shapes_by_shape on fleet.held_shapes (shape);

-- What the host's newest inventory says is not in effect, as numbers to compare.
alter table fleet.inventories
    add column not_in_effect bigint[] not null default '{}';

create view fleet.published_exposure_hosts as
select h.id, h.group_name, coalesce(h.exposure, g.exposure) as exposure, s.number as shape,
       p.number as pending, h.changed
from fleet.hosts h
join fleet.groups g on g.name = h.group_name
left join fleet.shapes s on s.digest = h.shape and h.retired_at is null
left join fleet.pending_sets p on p.digest = h.pending and h.retired_at is null;

create view fleet.published_shapes as
select number, distribution, version, codename, package_manager, packages
from fleet.shapes;

create view fleet.published_packages as
select id, name, version, source_name, source_version, status
from fleet.packages;

create view fleet.published_pending_sets as
select number, sources, versions, cves, security
from fleet.pending_sets;

create view fleet.published_held_shapes as
select e.host, s.number as shape, e.scope, e.from_at, e.to_at
from fleet.held_shapes e
join fleet.shapes s on s.digest = e.shape;

drop view fleet.published_shape_history;
create view fleet.published_shape_history as
select h.host, s.number as shape, h.from_at, h.to_at
from fleet.shape_history h
join fleet.shapes s on s.digest = h.shape;

-- A group's exposure is that of its hosts which have none of their own.
create function fleet.stamp_hosts_of_group() returns trigger language plpgsql as $$
begin
    update fleet.hosts
    set exposure = exposure
    where group_name = new.name and exposure is null;
    return null;
end
$$;

create trigger groups_stamp
after update of exposure on fleet.groups
for each row when (old.exposure is distinct from new.exposure)
execute function fleet.stamp_hosts_of_group();
