-- What a group lets the machine do by itself, by class of patch and of deadline; the first rule
-- that fits decides.
create table rollout.group_autonomy (
    group_name             text primary key check (group_name <> ''),
    rules                  jsonb not null check (jsonb_typeof(rules) = 'array'),
    veto_seconds           bigint not null check (veto_seconds between 1 and 2592000),
    emergency_soak_seconds bigint check (emergency_soak_seconds between 0 and 2592000),
    triage                 text not null
                           check (triage in ('NEVER', 'WHERE_ASKED', 'EMERGENCIES')),
    triage_may_fail      boolean not null,
    updated_at             timestamptz not null
);

alter table rollout.rollouts
    drop constraint rollouts_state_name_check,
    add constraint rollouts_state_name_check check (state_name in
        ('Rehearsing', 'AwaitingApproval', 'Announced', 'Objected', 'Running', 'Soaking', 'Held',
         'Paused', 'Halted', 'RollingBack', 'RolledBack', 'Completed'));

-- What is rolled back long afterwards stands in nobody's way.
drop index rollout.rollouts_one_automatic;
create unique index rollouts_one_automatic on rollout.rollouts (group_name)
    where automatic and open and state_name <> 'RollingBack';

-- Who objected to an announced rollout, and who took that back.
create table rollout.objections (
    id          bigint generated always as identity primary key,
    rollout     uuid not null references rollout.rollouts,
    actor       text not null check (actor <> ''),
    reason      text not null check (reason <> ''),
    at          timestamptz not null,
    lifted_by   text,
    lifted_at   timestamptz,
    lift_reason text,
    check ((lifted_by is null) = (lifted_at is null)
           and (lifted_by is null) = (lift_reason is null))
);

create unique index objections_standing on rollout.objections (rollout) where lifted_at is null;

-- What was approved, word for word, and what became of the approval. Only what became of it can
-- change.
create table rollout.approvals (
    id          bigint generated always as identity primary key,
    rollout     uuid not null references rollout.rollouts,
    plan_sha256 text not null check (plan_sha256 ~ '^[0-9a-f]{64}$'),
    plan        text not null,
    actor       text not null check (actor <> ''),
    reason      text not null,
    at          timestamptz not null,
    void_at     timestamptz,
    void_reason text,
    check ((void_at is null) = (void_reason is null)),
    check (encode(sha256(convert_to(plan, 'UTF8')), 'hex') = plan_sha256)
);

create index approvals_by_rollout on rollout.approvals (rollout, id);

create function rollout.approvals_only_become_void() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE'
       or old.void_at is not null
       or (old.id, old.rollout, old.plan_sha256, old.plan, old.actor, old.reason, old.at)
          is distinct from
          (new.id, new.rollout, new.plan_sha256, new.plan, new.actor, new.reason, new.at) then
        raise exception 'approval % is on record; it can only become void, once', old.id;
    end if;
    return new;
end $$;
create trigger approvals_only_become_void before update or delete on rollout.approvals
    for each row execute function rollout.approvals_only_become_void();

-- Rollouts that will miss a deadline unless somebody acts.
create table rollout.escalations (
    id              uuid primary key,
    rollout         uuid not null references rollout.rollouts,
    group_name      text not null,
    cause           text not null
                    check (cause in
                        ('APPROVAL', 'VETO', 'OBJECTION', 'HOLD', 'PAUSE', 'WINDOW', 'PACE')),
    due             timestamptz not null,
    forecast        timestamptz,
    sentence        text not null,
    raised_at       timestamptz not null,
    told_at         timestamptz not null,
    told            int not null check (told >= 1),
    acknowledged_by text,
    acknowledged_at timestamptz,
    note            text,
    ended_at        timestamptz,
    end_reason      text,
    check ((acknowledged_by is null) = (acknowledged_at is null)
           and (acknowledged_by is null) = (note is null)),
    check ((ended_at is null) = (end_reason is null))
);

create unique index escalations_open on rollout.escalations (rollout) where ended_at is null;

-- Evidence that hosts secured before they were patched, or why there is none.
create table rollout.triages (
    order_id uuid primary key,
    rollout  uuid not null references rollout.rollouts,
    host     uuid not null,
    at       timestamptz not null,
    outcome  jsonb not null check (outcome ->> 'type' in ('Kept', 'Missing'))
);

create index triages_by_rollout on rollout.triages (rollout);
