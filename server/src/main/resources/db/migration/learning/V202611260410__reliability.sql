create schema learning;

-- How each patch ended on each host, once a host, patch and end; append-only. A failure of a host
-- that got several patches is shared among them until the culprit is found; the rows of kind
-- CULPRIT then move the shares. `tx` tells which rows a forecast could see.
create table learning.outcomes (
    rollout       uuid        not null,
    host          uuid        not null,
    patch         text        not null,
    kind          text        not null,
    at            timestamptz not null,
    class         text        not null,
    package       text        not null,
    configuration text        not null,
    trials        int         not null check (trials in (0, 1)),
    failures      numeric     not null check (failures between -1 and 1),
    tx            xid8        not null default pg_current_xact_id(),
    primary key (rollout, host, patch, kind)
);

-- The same, summed up by patch and configuration, so that a forecast reads little.
create table learning.tallies (
    patch         text        not null,
    configuration text        not null,
    class         text        not null,
    package       text        not null,
    trials        bigint      not null check (trials >= 0),
    -- Not checked to be positive: an upsert's check sees the difference before the sum.
    failures      numeric     not null,
    last_at       timestamptz not null,
    primary key (patch, configuration)
);

create index tallies_by_class on learning.tallies (class);

-- What was expected of a rollout before it started, with all that the figures were made of.
create table learning.forecasts (
    rollout  uuid        primary key,
    at       timestamptz not null,
    snapshot pg_snapshot not null default pg_current_snapshot(),
    model    int         not null check (model >= 1),
    record   jsonb       not null,
    figures  jsonb       not null,
    ended_at timestamptz
);

create index forecasts_to_score on learning.forecasts (ended_at) where ended_at is not null;

-- What became of it; nothing was judged where it was stopped before that could be told. `flat` is
-- what the prior alone would have said.
create table learning.scores (
    rollout     uuid             primary key references learning.forecasts,
    at          timestamptz      not null,
    judged      int              not null check (judged >= 0),
    failed      int              not null check (failed between 0 and judged),
    probability double precision not null check (probability between 0 and 1),
    flat        double precision not null check (flat between 0 and 1),
    low         int              not null,
    high        int              not null check (high >= low)
);

create function learning.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op;
end $$;
create trigger outcomes_are_append_only before update or delete on learning.outcomes
    for each row execute function learning.refuse_change();
