-- Deadlines follow from a host's group, exposure and criticality, so the exposure index reads all
-- three and is told when any of them changes.
create or replace view fleet.published_exposure_hosts as
select h.id, h.group_name, coalesce(h.exposure, g.exposure) as exposure, s.number as shape,
       p.number as pending, h.changed, coalesce(h.criticality, g.criticality) as criticality
from fleet.hosts h
join fleet.groups g on g.name = h.group_name
left join fleet.shapes s on s.digest = h.shape and h.retired_at is null
left join fleet.pending_sets p on p.digest = h.pending and h.retired_at is null;

drop trigger hosts_stamp on fleet.hosts;
create trigger hosts_stamp
before update of group_name, exposure, criticality, retired_at, shape, pending on fleet.hosts
for each row execute function fleet.stamp_host();

create or replace function fleet.stamp_hosts_of_group() returns trigger language plpgsql as $$
begin
    update fleet.hosts
    set exposure = exposure
    where group_name = new.name and (exposure is null or criticality is null);
    return null;
end
$$;

drop trigger groups_stamp on fleet.groups;
create trigger groups_stamp
after update of exposure, criticality on fleet.groups
for each row when (old.exposure is distinct from new.exposure
                   or old.criticality is distinct from new.criticality)
execute function fleet.stamp_hosts_of_group();
