package dev.understudy.governance;

/// The stop of the whole fleet was lifted.
public record FleetReleased(String actor) {}
