create schema rehearsal;

-- Trial runs; the id is the id of the order. The evidence is kept whole, in the state.
create table rehearsal.rehearsals (
    id           uuid primary key,
    host         uuid not null,
    plan         jsonb not null,
    plan_digest  text not null check (plan_digest ~ '^[0-9a-f]{64}$'),
    shape        text not null,
    settings     jsonb not null,
    requested_by text not null,
    requested_at timestamptz not null,
    changed_at   timestamptz not null,
    state        jsonb not null,
    state_name   text generated always as (state ->> 'type') stored not null
                 check (state_name in ('Requested', 'Running', 'Finished', 'Lost')),
    verdict      text generated always as (state #>> '{evidence,verdict}') stored
                 check (verdict in ('PASSED', 'FAILED', 'INCONCLUSIVE')),
    check ((state_name = 'Finished') = (verdict is not null))
);

create index rehearsals_by_host on rehearsal.rehearsals (host, requested_at desc);
create index rehearsals_by_plan on rehearsal.rehearsals (host, plan_digest, requested_at desc)
    where verdict = 'PASSED';
create index rehearsals_open on rehearsal.rehearsals (changed_at)
    where state_name in ('Requested', 'Running');
