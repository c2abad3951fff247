-- Which vulnerabilities a host's changelogs named, and when: the part of what was pending that names
-- any, as a set of its own. A host of which nothing is told has no row.
create table fleet.told_history (
    host    uuid        not null references fleet.hosts,
    told    text        not null references fleet.pending_sets,
    from_at timestamptz not null,
    to_at   timestamptz,
    primary key (host, from_at),
    check (to_at is null or to_at >= from_at)
);

create unique index told_history_now on fleet.told_history (host) where to_at is null;
create index told_history_by_set on fleet.told_history (told);

-- What was told of a shape of which something still runs: it counts as long as that does.
alter table fleet.held_shapes
    add column told text references fleet.pending_sets;
create index held_shapes_by_told on fleet.held_shapes (told) where told is not null;

-- `named` has every vulnerability that the set names; `binaries` has the packages of each source as
-- NAME=VERSION, where advisories speak of those.
alter table fleet.pending_sets
    add column named    text[] not null default '{}',
    add column binaries text[] not null default '{}',
    add check (cardinality(binaries) in (0, cardinality(sources)));

update fleet.pending_sets
set named = array(select distinct cve
                  from unnest(cves) as c (list)
                  cross join lateral unnest(string_to_array(c.list, ' ')) as n (cve)
                  where cve <> ''
                  order by cve);

create index pending_sets_by_cve on fleet.pending_sets using gin (named);

-- What is told now was told at least since the newest inventory.
insert into fleet.told_history (host, told, from_at)
select h.id, h.pending, i.received_at
from fleet.hosts h
join fleet.pending_sets p on p.digest = h.pending
join fleet.inventories i on i.host = h.id
where h.retired_at is null and p.named <> '{}';

create or replace view fleet.published_pending_sets as
select number, sources, versions, cves, security, named, binaries
from fleet.pending_sets;

create or replace view fleet.published_held_shapes as
select e.host, s.number as shape, e.scope, e.from_at, e.to_at, p.number as told
from fleet.held_shapes e
join fleet.shapes s on s.digest = e.shape
left join fleet.pending_sets p on p.digest = e.told;

create view fleet.published_told_history as
select t.host, p.number as told, t.from_at, t.to_at
from fleet.told_history t
join fleet.pending_sets p on p.digest = t.told;
