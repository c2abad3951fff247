create schema advisory;

-- One row a feed: what is in force, and what was wrong the last time.
create table advisory.feeds (
    name          text primary key check (name ~ '^[a-z]+(-[A-Za-z0-9._-]+)?$'),
    state         text        not null check (state in ('EMPTY', 'IN_FORCE', 'QUARANTINED', 'UNREACHABLE')),
    url           text        not null,
    etag          text        not null,
    last_modified text        not null,
    checked_at    timestamptz,
    next_check_at timestamptz,
    fetched_at    timestamptz,
    sha256        text        not null,
    source_date   timestamptz,
    model         text        not null,
    advisories    bigint      not null,
    fixes         bigint      not null,
    exploited     bigint      not null,
    epss          bigint      not null,
    ssvc          bigint      not null,
    severities    bigint      not null,
    problem       text        not null,
    problem_at    timestamptz,
    check ((fetched_at is null) = (sha256 = '')),
    check ((problem = '') = (problem_at is null))
);

-- Where the data came from: every import that was tried and was not just the same again.
create table advisory.imports (
    id          bigint generated always as identity primary key,
    feed        text        not null,
    url         text        not null,
    at          timestamptz not null,
    outcome     text        not null,
    sha256      text        not null,
    source_date timestamptz,
    sentence    text        not null
);

create index imports_by_feed on advisory.imports (feed, at);

-- Rises with every change of the facts below; whoever keeps results made from them compares it.
create table advisory.generation (
    only_one boolean primary key default true check (only_one),
    value    bigint not null
);

insert into advisory.generation (value) values (1);

create table advisory.advisories (
    feed      text   not null,
    id        text   not null,
    cves      text[] not null,
    aliases   text[] not null,
    published timestamptz,
    modified  timestamptz,
    withdrawn timestamptz,
    summary   text   not null,
    primary key (feed, id)
);

create index advisories_by_id on advisory.advisories (id);
create index advisories_by_cve on advisory.advisories using gin (cves);

create table advisory.fixed_versions (
    feed       text not null,
    ecosystem  text not null,
    release    text not null,
    source     text not null,
    advisory   text not null,
    state      text not null check (state in ('FIXED', 'NOT_FIXED', 'NOT_AFFECTED')),
    introduced text not null,
    fixed      text,
    urgency    text not null,
    primary key (feed, ecosystem, source, advisory, introduced, release),
    check ((state = 'FIXED') = (fixed is not null))
);

create index fixed_versions_by_source on advisory.fixed_versions (release, source);
create index fixed_versions_by_advisory on advisory.fixed_versions (advisory);

create table advisory.exploited (
    feed       text not null,
    cve        text not null,
    date_added date not null,
    due_date   date,
    ransomware text not null check (ransomware in ('YES', 'NO', 'UNKNOWN')),
    name       text not null,
    primary key (cve, feed)
);

create table advisory.epss (
    feed       text   not null,
    cve        text   not null,
    score      float8 not null check (score between 0 and 1),
    percentile float8 not null check (percentile between 0 and 1),
    primary key (cve, feed)
);

create table advisory.ssvc (
    feed         text not null,
    cve          text not null,
    exploitation text not null,
    automatable  text not null check (automatable in ('YES', 'NO', 'UNKNOWN')),
    total_impact text not null check (total_impact in ('YES', 'NO', 'UNKNOWN')),
    decided_at   timestamptz,
    primary key (cve, feed)
);

create table advisory.severities (
    feed       text not null,
    cve        text not null,
    scheme     text not null,
    value      text not null,
    base_score float8,
    primary key (cve, feed, scheme, value)
);
