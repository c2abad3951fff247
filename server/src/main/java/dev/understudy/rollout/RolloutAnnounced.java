package dev.understudy.rollout;

import java.time.Instant;

/// A rollout starts at `startsAt` unless a person objects.
public record RolloutAnnounced(
        RolloutId rollout, String group, String title, Instant startsAt, String planHash) {}
