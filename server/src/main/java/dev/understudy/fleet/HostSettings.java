package dev.understudy.fleet;

import org.jspecify.annotations.Nullable;

/// What an operator says of one host; null means "as its group".
public record HostSettings(
        String group,
        @Nullable Environment environment,
        @Nullable Criticality criticality,
        @Nullable Exposure exposure) {}
