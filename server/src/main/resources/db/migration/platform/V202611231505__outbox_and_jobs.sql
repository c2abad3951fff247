create table platform.outbox (
    id           bigint generated always as identity primary key,
    event        text        not null check (event <> ''),
    body         jsonb       not null,
    published_at timestamptz not null
);
create index outbox_published on platform.outbox (published_at);

create table platform.subscriber (
    name text primary key check (name <> '')
);

create table platform.subscription (
    subscriber text not null references platform.subscriber,
    event      text not null check (event <> ''),
    primary key (event, subscriber)
);

-- One row while a subscriber still has to take an event; gone once it was taken.
create table platform.delivery (
    subscriber text        not null,
    event_id   bigint      not null references platform.outbox,
    attempts   integer     not null default 0 check (attempts >= 0),
    due_at     timestamptz not null,
    last_error text,
    parked_at  timestamptz,
    primary key (subscriber, event_id)
);
create index delivery_event on platform.delivery (event_id);
create index delivery_open on platform.delivery (subscriber, event_id) where parked_at is null;

-- The table of db-scheduler.
create table platform.job (
    task_name            text not null,
    task_instance        text not null,
    task_data            bytea,
    execution_time       timestamptz not null,
    picked               boolean not null,
    picked_by            text,
    last_success         timestamptz,
    last_failure         timestamptz,
    consecutive_failures integer,
    last_heartbeat       timestamptz,
    version              bigint not null,
    priority             smallint,
    primary key (task_name, task_instance)
);
create index job_execution_time on platform.job (execution_time);
create index job_last_heartbeat on platform.job (last_heartbeat);
