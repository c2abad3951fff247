-- The makeup that each host had when its rollout was started. A rehearsal class of a rollout is its
-- hosts of one makeup and one plan. Hosts without a row are each a class of their own.
create table rollout.makeups (
    rollout uuid not null references rollout.rollouts,
    host    uuid not null,
    makeup  text not null check (makeup ~ '^[0-9a-f]{64}$'),
    primary key (rollout, host)
);

-- A version that is locked away only from hosts of one makeup; null: from the whole fleet. A server
-- that does not know of it takes each for the whole fleet.
alter table rollout.quarantine add column makeup text check (makeup ~ '^[0-9a-f]{64}$');

-- compatible: servers of before never name the columns of a conflict here
drop index rollout.quarantine_certain;
-- compatible: likewise
drop index rollout.quarantine_suspects;
-- compatible: allows all that the one before did
create unique index quarantine_certain on rollout.quarantine (patch, coalesce(makeup, ''))
    where released_at is null and investigation is null;
-- compatible: likewise
create unique index quarantine_suspects
    on rollout.quarantine (patch, investigation, coalesce(makeup, ''))
    where released_at is null and investigation is not null;
