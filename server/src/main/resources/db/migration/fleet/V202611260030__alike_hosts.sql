-- What the ranking of patches depends on in an inventory, as a digest: hosts that share it are ranked
-- once. Empty for inventories that came before it was kept; such a host is like no other.
alter table fleet.inventories
    add column alike text not null default '';
