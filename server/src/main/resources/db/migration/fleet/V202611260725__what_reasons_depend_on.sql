-- What of an inventory decides why something is not patched and differs between hosts that are ranked
-- alike, so that a question about the fleet need not read every inventory. Null for inventories that
-- came before it was kept: those hosts are looked at one by one.
alter table fleet.inventories
    add column lists_of       timestamptz,
    add column root_free      bigint check (root_free >= 0),
    add column awaits_reboot  boolean,
    add column awaits_restart boolean;
