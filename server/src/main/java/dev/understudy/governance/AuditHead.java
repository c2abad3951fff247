package dev.understudy.governance;

/// The newest entry of an audit trail: how many entries there are and the hash that binds them all.
/// Whoever keeps it elsewhere can later prove that nothing was cut off.
public record AuditHead(long sequence, String hash) {}
