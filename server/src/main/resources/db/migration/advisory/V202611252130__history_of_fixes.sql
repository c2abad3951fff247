-- What was in force when, after withdrawals and after what feeds say against each other: rows hold in
-- [from_at, to_at). `changed` is the transaction that opened or closed the row, so that replicas can
-- ask for what they have not seen.
create table advisory.fix_history (
    id            bigint generated always as identity primary key,
    feed          text        not null,
    ecosystem     text        not null,
    release       text        not null,
    package_kind  text        not null check (package_kind in ('SOURCE', 'BINARY')),
    source        text        not null,
    advisory      text        not null,
    introduced    text        not null,
    fixed         text,
    last_affected text,
    urgency       text        not null,
    cves          text[]      not null,
    published     timestamptz,
    from_at       timestamptz not null,
    to_at         timestamptz,
    changed       xid8        not null default pg_current_xact_id(),
    check (to_at is null or to_at >= from_at)
);

create index fix_history_by_source on advisory.fix_history (release, source) where to_at is null;
create index fix_history_by_feed on advisory.fix_history (feed) where to_at is null;
create index fix_history_by_cve on advisory.fix_history using gin (cves);
create index fix_history_changed on advisory.fix_history (changed);

-- What is in force already has held at least since its feed was fetched.
insert into advisory.fix_history
    (feed, ecosystem, release, package_kind, source, advisory, introduced, fixed, urgency, cves,
     published, from_at)
select v.feed, v.ecosystem, v.release, 'SOURCE', v.source, v.advisory, v.introduced, v.fixed,
       v.urgency, a.cves, a.published, coalesce(f.fetched_at, now())
from advisory.fixed_versions v
join advisory.advisories a on a.feed = v.feed and a.id = v.advisory
left join advisory.feeds f on f.name = v.feed
where v.state <> 'NOT_AFFECTED' and a.withdrawn is null;

create view advisory.published_fix_history as
select id, feed, release, package_kind, source, advisory, introduced, fixed, last_affected, urgency,
       cves, published, from_at, to_at, changed
from advisory.fix_history;
