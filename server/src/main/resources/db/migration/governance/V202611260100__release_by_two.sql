-- Who wants the fleet to go on, where it takes two people: the stop holds until the second agrees.
alter table governance.fleet_stop
    add column release_wanted_by text,
    add column release_wanted_at timestamptz,
    add check ((release_wanted_by is null) = (release_wanted_at is null));
