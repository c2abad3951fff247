package dev.understudy.governance;

/// The policy of a group is now `policy`.
public record PolicyChanged(Policy policy) {}
