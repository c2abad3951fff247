create schema governance;

-- Who did what to which subject; append-only, each entry bound to the one before by its hash.
create table governance.audit_entry (
    sequence bigint primary key,
    at       timestamptz not null,
    actor    text  not null check (actor <> ''),
    action   text  not null check (action <> ''),
    subject  text  not null,
    details  jsonb not null check (jsonb_typeof(details) = 'object'),
    previous bytea not null check (length(previous) = 32),
    hash     bytea not null unique check (length(hash) = 32)
);
create index audit_entry_subject on governance.audit_entry (subject, sequence);

-- The newest entry. Its row lock orders the writers.
create table governance.audit_head (
    id      smallint primary key default 1 check (id = 1),
    sequence bigint not null,
    hash     bytea  not null check (length(hash) = 32)
);
insert into governance.audit_head (sequence, hash) values (0, decode(repeat('00', 32), 'hex'));

create function governance.extend_audit() returns trigger language plpgsql as $$
begin
    update governance.audit_head
    set    sequence = new.sequence, hash = new.hash
    where  sequence = new.sequence - 1 and hash = new.previous;
    if not found then
        raise exception 'audit entry % does not follow the newest entry', new.sequence;
    end if;
    return new;
end $$;
create trigger audit_entry_extends before insert on governance.audit_entry
    for each row execute function governance.extend_audit();

create function governance.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail is append-only: % on % refused', tg_op, tg_table_name;
end $$;
create trigger audit_entry_is_append_only before update or delete on governance.audit_entry
    for each row execute function governance.refuse_change();
create trigger audit_entry_is_never_emptied before truncate on governance.audit_entry
    for each statement execute function governance.refuse_change();
create trigger audit_head_stays before delete on governance.audit_head
    for each row execute function governance.refuse_change();
create trigger audit_head_is_never_emptied before truncate on governance.audit_head
    for each statement execute function governance.refuse_change();

create table governance.policy (
    group_name       text primary key check (group_name <> ''),
    autonomy         text    not null
                     check (autonomy in ('OBSERVE', 'RECOMMEND', 'APPROVE', 'AUTOMATIC')),
    canaries         integer not null check (canaries between 1 and 1000),
    soak_seconds     bigint  not null check (soak_seconds between 0 and 2592000),
    percent_per_wave integer not null check (percent_per_wave between 1 and 100),
    reboot           text    not null check (reboot in ('NEVER', 'WHEN_NEEDED')),
    updated_at       timestamptz not null
);

-- At most one row: while it is there, no host may begin to change anything.
create table governance.fleet_stop (
    id    smallint primary key default 1 check (id = 1),
    actor  text not null check (actor <> ''),
    reason text not null check (reason <> ''),
    since  timestamptz not null
);

create table governance.token (
    id         uuid primary key,
    name       text  not null check (name <> ''),
    role       text  not null check (role in ('VIEWER', 'OPERATOR', 'APPROVER', 'ADMIN')),
    hash       bytea not null unique check (length(hash) = 32),
    created_by text  not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    revoked_at timestamptz
);
create unique index token_name on governance.token (name) where revoked_at is null;

create table governance.console_link (
    hash       bytea primary key check (length(hash) = 32),
    token      uuid not null references governance.token,
    expires_at timestamptz not null
);

create table governance.console_session (
    hash       bytea primary key check (length(hash) = 32),
    token      uuid not null references governance.token,
    expires_at timestamptz not null
);
