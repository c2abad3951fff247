-- Of the inventory with which digest it is kept what reasons depend on. A server that does not keep it
-- takes inventories as well while replicas are upgraded; hosts with another one by now are looked at
-- one by one.
alter table fleet.inventories add column states_of text;
