-- What an hour of waiting costs on a host, over how long its patch takes: who goes first within a
-- wave where not all may go at once.
alter table rollout.deployments add column urgency double precision not null default 0;

-- Hosts that a rollout works on, or of which it does not know that they came out of it well.
create index deployments_in_doubt on rollout.deployments (host)
    where state_name in ('Applying', 'Doubtful', 'Verifying', 'RollingBack', 'Unhealthy', 'Broken');
