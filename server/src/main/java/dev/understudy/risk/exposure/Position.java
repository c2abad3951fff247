package dev.understudy.risk.exposure;

/// How far a replica has followed the database: the snapshot it read last. What a transaction
/// changed is new to the replica exactly if that snapshot did not see the transaction, in whatever
/// order transactions commit; no sequence has gaps to wait for.
///
/// @param snapshot PostgreSQL's text of it
/// @param newest the first transaction that had not begun then
record Position(String snapshot, long newest) {}
