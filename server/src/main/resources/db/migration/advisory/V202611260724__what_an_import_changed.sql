-- What an import changed of that on which the urgency of a fix depends, so that only what it
-- touches is worked out again. One row for each generation.
create table advisory.fact_changes (
    generation bigint primary key,
    feed       text    not null,
    everything boolean not null,
    cves       text[]  not null,
    packages   text[]  not null
);

-- What is known of a CVE, a row for each thing that one feed says of it, as text that differs where
-- the ranking could. How a CVE's score compares with others is no part of that; the date of the
-- scores is where it settles which of several feeds counts.
create view advisory.ranking_facts as
select feed, cve, 'exploited ' || (date_added, due_date, ransomware)::text as fact
from advisory.exploited
union all
select p.feed, p.cve, 'epss ' || (p.score, f.model, case when s.feeds > 1 then f.source_date end)::text
from advisory.epss p
join advisory.feeds f on f.name = p.feed
cross join (select count(*) as feeds from advisory.feeds where name ~ '^epss(-|$)') s
union all
select feed, cve, 'ssvc ' || (exploitation, automatable, total_impact, decided_at)::text
from advisory.ssvc
union all
select feed, cve, 'severity ' || (scheme, value, base_score)::text
from advisory.severities
union all
select feed, cve, 'exploit ' || (name, maturity, first_seen)::text
from advisory.exploits
union all
select feed, cve, 'sighting ' || (object, kind, seen_at, told_by)::text
from advisory.sightings;
