package dev.understudy.advisory;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Which kinds of facts some feed in force brings. Where one is missing, its facts are unknown, not
/// absent.
///
/// @param troubled feeds that are not as they should be, with their state; what was in force stays
public record FeedCoverage(
        boolean exploitation,
        boolean epss,
        boolean ssvc,
        boolean advisories,
        List<String> troubled) {
    public FeedCoverage {
        troubled = List.copyOf(troubled);
    }

    static FeedCoverage of(List<FeedStatus> feeds) {
        List<FeedStatus> inForce = feeds.stream().filter(FeedStatus::inForce).toList();
        return new FeedCoverage(
                inForce.stream().anyMatch(feed -> feed.kind().equals("kev")),
                inForce.stream().anyMatch(feed -> feed.counts().of("epss") > 0),
                inForce.stream().anyMatch(feed -> feed.counts().of("ssvc") > 0),
                inForce.stream().anyMatch(feed -> feed.counts().of("fixes") > 0),
                feeds.stream()
                        .filter(FeedCoverage::isTroubled)
                        .map(feed -> "%s (%s)".formatted(feed.name(), state(feed)))
                        .toList());
    }

    private static boolean isTroubled(FeedStatus feed) {
        return switch (feed.state()) {
            case STALE, QUARANTINED, UNREACHABLE -> true;
            case EMPTY, IN_FORCE -> false;
        };
    }

    private static String state(FeedStatus feed) {
        return feed.state().name().toLowerCase(Locale.ROOT);
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
        String unknown = missing.isEmpty() ? "" : " Unknown: " + String.join("; ", missing) + ".";
        return troubled.isEmpty()
                ? from + unknown
                : from
                        + unknown
                        + " Feeds that need a look, their last good data is used: "
                        + String.join(", ", troubled)
                        + ".";
    }
}
