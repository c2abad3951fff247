package dev.understudy.rollout;

import dev.understudy.risk.PatchId;
import java.util.List;

/// Which of a host's pending patches a rollout brings.
public sealed interface Selection {
    /// Whatever the host's security archive has for it.
    record AllSecurity() implements Selection {}

    /// These source package versions.
    record Chosen(List<PatchId> patches) implements Selection {
        public Chosen {
            patches = patches.stream().distinct().toList();
            if (patches.isEmpty()) {
                throw new IllegalArgumentException("a rollout of no patches at all");
            }
        }
    }

    default boolean wants(PatchId patch, boolean security) {
        return switch (this) {
            case AllSecurity _ -> security;
            case Chosen(List<PatchId> patches) -> patches.contains(patch);
        };
    }
}
