package dev.understudy.api;

import dev.understudy.platform.Problem;
import dev.understudy.risk.PatchId;
import dev.understudy.rollout.Selection;
import java.util.List;
import java.util.Optional;

/// How a request says which patches it means.
final class PatchChoice {
    private PatchChoice() {}

    static Selection selection(Optional<List<String>> patches, Optional<Boolean> security) {
        boolean all = security.orElse(false);
        List<String> named = patches.orElse(List.of());
        if (all == !named.isEmpty()) {
            throw Problem.invalid(
                    "patches-unclear", "Name patches, or say security: true; one of the two.");
        }
        return all
                ? new Selection.AllSecurity()
                : new Selection.Chosen(named.stream().map(PatchChoice::patch).toList());
    }

    private static PatchId patch(String text) {
        try {
            return PatchId.parse(text);
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("patch-invalid", String.valueOf(e.getMessage()));
        }
    }
}
