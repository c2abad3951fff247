package dev.understudy.advisory;

import java.util.ArrayList;
import java.util.List;

/// Which kinds of facts some feed in force brings. Where one is missing, its facts are unknown, not
/// absent.
public record FeedCoverage(boolean exploitation, boolean epss, boolean ssvc, boolean advisories) {

    static FeedCoverage of(List<FeedStatus> feeds) {
        List<FeedStatus> inForce = feeds.stream().filter(FeedStatus::inForce).toList();
        return new FeedCoverage(
                inForce.stream().anyMatch(feed -> feed.kind().equals("kev")),
                inForce.stream().anyMatch(feed -> feed.counts().of("epss") > 0),
                inForce.stream().anyMatch(feed -> feed.counts().of("ssvc") > 0),
                inForce.stream().anyMatch(feed -> feed.counts().of("fixes") > 0));
    }

    /// What is known and what is not, in a sentence or two.
    public String sentence() {
        List<String> missing = new ArrayList<>();
        if (!exploitation) {
            missing.add("which are known exploited (no KEV feed)");
        }
        if (!epss) {
            missing.add("how likely exploitation is (no EPSS feed)");
        }
        if (!ssvc) {
            missing.add("whether attacks can be automated (no vulnrichment feed)");
        }
        String from =
                advisories
                        ? "CVEs come from advisory feeds and from the changelogs of the updates."
                        : "No advisory feed is loaded: CVEs come from the changelogs of the"
                                + " updates only.";
        return missing.isEmpty() ? from : from + " Unknown: " + String.join("; ", missing) + ".";
    }
}
