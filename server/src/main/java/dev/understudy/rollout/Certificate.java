package dev.understudy.rollout;

import dev.understudy.rollout.gate.WavePlan;
import java.util.List;

/// What a rollout promises, and by which plan it keeps that; or that it promises nothing, and why.
///
/// @param sentence the promise, or why there is none
/// @param seed what the order of the sample was drawn with
/// @param strata the hosts that are judged together; empty without a promise
public record Certificate(boolean certified, String sentence, long seed, List<Stratum> strata) {
    public Certificate {
        strata = List.copyOf(strata);
        if (certified == strata.isEmpty()) {
            throw new IllegalArgumentException(
                    "a certificate with %d strata is%s certified"
                            .formatted(strata.size(), certified ? "" : " not"));
        }
    }

    /// Hosts that are alike, such as those of one release.
    public record Stratum(String name, WavePlan plan) {}

    static Certificate none(String sentence) {
        return new Certificate(false, sentence, 0, List.of());
    }

    Certificate adding(String more) {
        return new Certificate(certified, sentence + " " + more, seed, strata);
    }

    List<WavePlan> plans() {
        return strata.stream().map(Stratum::plan).toList();
    }

    List<String> names() {
        return strata.stream().map(Stratum::name).toList();
    }
}
