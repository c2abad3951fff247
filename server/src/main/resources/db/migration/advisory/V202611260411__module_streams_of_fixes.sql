-- The module stream that is meant, as NAME:STREAM; empty where what is meant is of none, and a question
-- mark where it is of one that the feed does not tell. What was imported before gets it with the next
-- import.
alter table advisory.fixed_versions
    add column stream text not null default '';

drop index advisory.fixed_versions_once;
create unique index fixed_versions_once on advisory.fixed_versions
    (feed, advisory, ecosystem, source, package_kind, cve, introduced, state, release,
     coalesce(fixed, ''), coalesce(last_affected, ''), stream);

alter table advisory.fix_history
    add column stream text not null default '';

update advisory.fixed_versions
set stream = '?'
where concat_ws(' ', fixed, introduced, last_affected) ~ '[.]module[+_]';

update advisory.fix_history
set stream = '?', changed = pg_current_xact_id()
where to_at is null and concat_ws(' ', fixed, introduced, last_affected) ~ '[.]module[+_]';

create or replace view advisory.published_fix_history as
select id, feed, release, package_kind, source, advisory, introduced, fixed, last_affected, urgency,
       cves, published, from_at, to_at, changed, stream
from advisory.fix_history;
