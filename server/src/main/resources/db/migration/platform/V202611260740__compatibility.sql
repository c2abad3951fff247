-- Which servers may still work on this schema: those that know the migration `needs`. A migration
-- that an older server cannot live with raises it to its own version.
create table platform.compatibility (
    id    smallint primary key default 1 check (id = 1),
    needs text not null check (needs ~ '^[0-9]{12}$')
);
insert into platform.compatibility (needs) values ('202611260412');
