-- What was seen to be worse on a host than before: by its inventory, by an apply on it, or by a
-- monitoring system. `ended_at` is null while it lasts.
create table fleet.symptoms (
    id       bigint generated always as identity primary key,
    host     uuid        not null references fleet.hosts,
    symptom  text        not null check (length(symptom) between 1 and 600),
    source   text        not null check (length(source) between 1 and 200),
    detail   text        not null check (length(detail) <= 2000),
    began_at timestamptz not null,
    ended_at timestamptz check (ended_at >= began_at)
);

-- compatible: the table is as new as the index.
create unique index symptoms_once on fleet.symptoms (host, symptom, source) where ended_at is null;
create index symptoms_by_time on fleet.symptoms (began_at);
