-- The module stream that an rpm package is built for, as NAME:STREAM; empty where it is of none, and a
-- question mark where the host does not tell.
alter table fleet.packages
    add column module text not null default '?';

do $$
declare
    former text;
begin
    select conname into strict former
    from pg_constraint
    where conrelid = 'fleet.packages'::regclass and contype = 'u';
    execute format('alter table fleet.packages drop constraint %I', former);
end
$$;

alter table fleet.packages
    add constraint packages_once
        unique (name, architecture, version, source_name, source_version, status, module);

create or replace view fleet.published_packages as
select id, name, version, source_name, source_version, status, module
from fleet.packages;
