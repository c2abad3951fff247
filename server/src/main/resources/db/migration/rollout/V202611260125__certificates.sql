-- What a rollout has proved. A rollout without a row was judged before there were certificates.
create table rollout.certificates (
    rollout     uuid primary key references rollout.rollouts,
    certificate jsonb not null
);

-- The hosts that a certificate speaks of, in the order in which chance or coverage put them.
create table rollout.draws (
    rollout uuid not null references rollout.certificates,
    host    uuid not null,
    stratum int  not null check (stratum >= 0),
    role    text not null check (role in ('CANARY', 'SAMPLE', 'SPARED')),
    place   int  not null check (place >= 0),
    primary key (rollout, host),
    unique (rollout, place)
);

-- What was seen and decided, in order; append-only. From it every decision can be made again.
create table rollout.evidence (
    rollout uuid not null references rollout.certificates,
    number  int  not null check (number >= 1),
    at      timestamptz not null,
    entry   jsonb not null,
    primary key (rollout, number)
);

create function rollout.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'evidence is append-only: % on % refused', tg_op, tg_table_name;
end $$;
create trigger evidence_is_append_only before update or delete on rollout.evidence
    for each row execute function rollout.refuse_change();
