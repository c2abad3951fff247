create schema risk;

-- When this control plane first saw that a fix can be had: the start of the clock where no advisory
-- says when it was published.
create table risk.patches (
    id         text primary key,
    first_seen timestamptz not null
);
