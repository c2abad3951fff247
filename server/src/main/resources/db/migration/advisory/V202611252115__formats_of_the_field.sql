-- What every format of the field says of packages, and who is believed when they differ.

-- Counts by kind as one object: a new kind of record is no change of the schema.
alter table advisory.feeds add column counts jsonb not null default '{}';

update advisory.feeds
set counts = jsonb_build_object('advisories', advisories, 'fixes', fixes, 'exploited', exploited,
                                'epss', epss, 'ssvc', ssvc, 'severities', severities);

alter table advisory.feeds
    drop column advisories, drop column fixes, drop column exploited, drop column epss,
    drop column ssvc, drop column severities,
    -- How many documents or lines the file held; what is said twice is stored once.
    add column read_records bigint not null default 0,
    add column failures int not null default 0,
    -- What is worth knowing though nothing is wrong: a change of model, what was not verified.
    add column note text not null default '',
    add column note_at timestamptz,
    add column model_since timestamptz,
    add check ((note = '') = (note_at is null));

alter table advisory.advisories
    add column upstream text[] not null default '{}',
    add column related  text[] not null default '{}',
    add column severity text   not null default '',
    -- The advisory that this one repairs: a regression update.
    add column follows  text   not null default '';

create index advisories_by_follows on advisory.advisories (follows) where follows <> '';

alter table advisory.fixed_versions
    add column package_kind  text not null default 'SOURCE'
        check (package_kind in ('SOURCE', 'BINARY')),
    -- Only this CVE of the advisory; empty is all that it is about.
    add column cve           text not null default '',
    -- The last version that is affected, itself included; null where only `fixed` ends the range.
    add column last_affected text,
    -- Why not affected, or what the vendor does about it.
    add column note          text not null default '',
    drop constraint fixed_versions_state_check,
    drop constraint fixed_versions_pkey,
    add constraint fixed_versions_state_check
        check (state in ('FIXED', 'NOT_FIXED', 'NOT_AFFECTED', 'UNDER_INVESTIGATION'));

-- One package of one release may be fixed by one advisory in several streams.
create unique index fixed_versions_once on advisory.fixed_versions
    (feed, advisory, ecosystem, source, package_kind, cve, introduced, state, release,
     coalesce(fixed, ''), coalesce(last_affected, ''));

-- What a vendor says can be done besides the fix.
create table advisory.remedies (
    feed     text not null,
    advisory text not null,
    cve      text not null,
    category text not null,
    details  text not null,
    url      text not null,
    primary key (feed, advisory, cve, category, details, url)
);

-- Public exploits of a CVE.
create table advisory.exploits (
    feed       text not null,
    cve        text not null,
    name       text not null,
    maturity   text not null check (maturity in ('POC', 'FUNCTIONAL', 'WEAPONISED')),
    first_seen date,
    primary key (cve, feed, name)
);

-- Exploitation that somebody we listen to has seen: STIX sightings and indicators.
create table advisory.sightings (
    feed     text        not null,
    cve      text        not null,
    object   text        not null,
    kind     text        not null check (kind in ('SIGHTING', 'INDICATOR')),
    seen_at  timestamptz,
    told_by  text        not null,
    sentence text        not null,
    primary key (cve, feed, object)
);

-- Whose word counts when several feeds speak of the same CVE in the same package of the same
-- release: the lowest rank. Only FIXED and NOT_AFFECTED overrule; see FixedVersions.
create table advisory.precedence (
    kind text primary key,
    rank int  not null,
    why  text not null
);

insert into advisory.precedence (kind, rank, why) values
    ('csaf',       10, 'The vendor''s own statement on this CVE in this product, with a reason.'),
    ('openvex',    10, 'The vendor''s own statement on this CVE in this product, with a reason.'),
    ('updateinfo', 20, 'Comes with the repository that the fix is installed from.'),
    ('debian',     20, 'The distribution''s own record of every CVE in every release.'),
    ('dsa',        30, 'The distribution''s own advisories, which do not say what is not affected.'),
    ('osv',        40, 'The distribution''s advisories as an aggregator republishes them.');
