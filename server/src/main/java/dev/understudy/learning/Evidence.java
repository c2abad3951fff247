package dev.understudy.learning;

import java.time.Instant;

/// What the fleet saw of one patch on one configuration.
///
/// @param patch as [dev.understudy.risk.PatchId] writes it
/// @param configuration release, architecture and group of its hosts
/// @param trials hosts that were judged, on the twin or after the patch
/// @param failures of those; a part of one where several patches share the blame
/// @param last when the last of them ended
record Evidence(
        String patch,
        String configuration,
        PatchClass kind,
        String source,
        long trials,
        double failures,
        Instant last) {}
