create schema rollout;

create table rollout.rollouts (
    id         uuid primary key,
    group_name text not null,
    title      text not null,
    selection  jsonb not null,
    terms      jsonb not null,
    started_by text not null,
    automatic  boolean not null,
    started_at timestamptz not null,
    since      timestamptz not null,
    state      jsonb not null,
    state_name text generated always as (state ->> 'type') stored not null
               check (state_name in
                   ('Rehearsing', 'AwaitingApproval', 'Running', 'Soaking', 'Held', 'Paused',
                    'Halted', 'RollingBack', 'RolledBack', 'Completed')),
    open       boolean generated always as
                   (state ->> 'type' not in ('Halted', 'RolledBack', 'Completed')) stored not null
);

create index rollouts_by_start on rollout.rollouts (started_at desc, id);
-- By itself the machine starts the next rollout of a group only when the last has ended.
create unique index rollouts_one_automatic on rollout.rollouts (group_name)
    where automatic and open;

-- One host in a rollout. `order_id` is the order that the host is to answer.
create table rollout.deployments (
    rollout     uuid not null references rollout.rollouts,
    host        uuid not null,
    plan        jsonb,
    plan_digest text,
    patches     text[] not null,
    wave        int not null check (wave >= 0),
    attempts    int not null check (attempts >= 0),
    since       timestamptz not null,
    order_id    uuid,
    state       jsonb not null,
    state_name  text generated always as (state ->> 'type') stored not null
                check (state_name in
                    ('Planned', 'Rehearsing', 'Rehearsed', 'FailedInTwin', 'Applying', 'Doubtful',
                     'Verifying', 'Done', 'NotInEffect', 'Unhealthy', 'Restored', 'Broken',
                     'Skipped', 'RollingBack', 'RolledBack')),
    open        boolean generated always as
                    (state ->> 'type' in
                         ('Planned', 'Rehearsing', 'Rehearsed', 'Applying', 'Verifying',
                          'RollingBack')
                     or (state ->> 'type' = 'Doubtful' and state ->> 'accepted' = 'false'))
                    stored not null,
    primary key (rollout, host),
    check (plan is not null or state_name = 'Skipped'),
    check ((plan is null) = (plan_digest is null)),
    check ((order_id is not null) = (state_name in
               ('Rehearsing', 'Applying', 'Doubtful', 'Verifying', 'RollingBack')))
);

-- A host is never worked on by two rollouts at once, so it never has two orders that change it.
create unique index deployments_one_open on rollout.deployments (host) where open;
create index deployments_by_host on rollout.deployments (host, since desc);
create unique index deployments_by_order on rollout.deployments (order_id, rollout)
    where order_id is not null;

-- Versions that no host may get. A row without `investigation` is certain or a person's word; one
-- with it is a suspicion that lasts as long as the search for the culprit.
create table rollout.quarantine (
    id            uuid primary key,
    patch         text not null,
    reason        text not null,
    imposed_by    text not null,
    since         timestamptz not null,
    rollout       uuid references rollout.rollouts,
    investigation uuid,
    released_at   timestamptz,
    released_by   text,
    check ((released_at is null) = (released_by is null))
);

create unique index quarantine_certain on rollout.quarantine (patch)
    where released_at is null and investigation is null;
create unique index quarantine_suspects on rollout.quarantine (patch, investigation)
    where released_at is null and investigation is not null;

create table rollout.investigations (
    id         uuid primary key,
    rollout    uuid not null references rollout.rollouts,
    host       uuid not null,
    plan       jsonb not null,
    since      timestamptz not null,
    order_id   uuid,
    state      jsonb not null,
    state_name text generated always as (state ->> 'type') stored not null
               check (state_name in ('FirstHalf', 'SecondHalf', 'Ended')),
    check (state_name <> 'Ended' or order_id is null)
);

create index investigations_by_order on rollout.investigations (order_id)
    where order_id is not null;
create index investigations_open on rollout.investigations (host) where state_name <> 'Ended';

-- What happened, in sentences, for people to follow.
create table rollout.diary (
    id       bigint generated always as identity primary key,
    rollout  uuid not null references rollout.rollouts,
    at       timestamptz not null,
    host     uuid,
    what     text not null,
    sentence text not null
);

create index diary_by_rollout on rollout.diary (rollout, id);

-- Groups to be looked at for automatic rollouts, and from when on.
create table rollout.planning (
    group_name text primary key,
    due_at     timestamptz not null
);
