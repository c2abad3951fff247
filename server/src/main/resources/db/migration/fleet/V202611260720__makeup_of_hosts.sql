-- What decides how a patch behaves on a host, as one digest. Null where the host does not tell its
-- configuration; such a host is like no other.
alter table fleet.inventories add column makeup text check (makeup ~ '^[0-9a-f]{64}$');
