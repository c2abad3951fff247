-- Counts the changes of rollouts' hosts, so that a server reads again only what changed since it
-- looked last. Rows from before have revision 0 until they change.
create sequence rollout.revisions;

alter table rollout.deployments add column revision bigint not null default 0;

create function rollout.revise() returns trigger language plpgsql as
    'begin new.revision := nextval(''rollout.revisions''); return new; end';

-- compatible: it sets nothing but the new column
create trigger deployments_are_revised before insert or update on rollout.deployments
    for each row execute function rollout.revise();

create index deployments_by_revision on rollout.deployments (rollout, revision);
