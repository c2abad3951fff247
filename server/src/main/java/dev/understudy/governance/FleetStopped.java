package dev.understudy.governance;

/// The whole fleet was stopped.
public record FleetStopped(String actor, String reason) {}
