package dev.understudy.advisory;

import java.util.List;

/// Vulnerabilities became much likelier to be exploited, by the same model as before. Never told
/// when the model was swapped.
public record LikelihoodRose(String feed, List<String> cves) {
    public LikelihoodRose {
        cves = List.copyOf(cves);
    }
}
