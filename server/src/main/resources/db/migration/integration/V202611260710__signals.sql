create schema integration;

-- What Prometheus is asked, again and again: of a group, or of the fleet where it is empty. `answered_at`
-- is the last whole answer; `failing_since` and `problem` are set while none comes. `breach` is what
-- is wrong without being about a host that is known here.
create table integration.health_queries (
    name          text             primary key check (name ~ '^[A-Za-z][A-Za-z0-9_.-]{0,62}$'),
    group_name    text             not null,
    url           text             not null check (length(url) <= 500),
    query         text             not null check (length(query) between 1 and 4000),
    breached_when text             not null check (breached_when in ('ABOVE', 'BELOW')),
    threshold     double precision not null,
    host_label    text             not null check (host_label ~ '^[a-zA-Z_][a-zA-Z0-9_]{0,62}$'),
    set_at        timestamptz      not null,
    set_by        text             not null,
    answered_at   timestamptz,
    failing_since timestamptz,
    problem       text             not null default '' check (length(problem) <= 1000),
    breach        text             not null default '' check (length(breach) <= 1000)
);
