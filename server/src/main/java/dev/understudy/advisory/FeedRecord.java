package dev.understudy.advisory;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One thing that a feed says.
public sealed interface FeedRecord {

    /// An advisory, or a vulnerability that a distribution tracks.
    ///
    /// @param cves the CVE ids it is about, including its own id if that is one
    /// @param aliases other names of the same thing
    record Advisory(
            String id,
            List<String> cves,
            List<String> aliases,
            @Nullable Instant published,
            @Nullable Instant modified,
            @Nullable Instant withdrawn,
            String summary)
            implements FeedRecord {
        public Advisory {
            cves = cves.stream().distinct().sorted().toList();
            aliases = aliases.stream().distinct().sorted().toList();
        }
    }

    /// What an advisory means for one source package of one release: versions from `introduced` (0
    /// is any) up to, not including, `fixed` are affected.
    ///
    /// @param ecosystem as the feed calls it (`Debian:12`), `release` as hosts call it (`bookworm`)
    /// @param fixed null unless the state is FIXED
    record Fix(
            String ecosystem,
            String release,
            String source,
            String advisory,
            FixState state,
            String introduced,
            @Nullable String fixed,
            String urgency)
            implements FeedRecord {
        public Fix {
            if ((state == FixState.FIXED) != (fixed != null)) {
                throw new IllegalArgumentException(
                        "%s of %s is %s with fixed version %s"
                                .formatted(advisory, source, state, fixed));
            }
        }
    }

    /// A CVE that is known to be exploited.
    record Exploited(
            String cve,
            LocalDate dateAdded,
            @Nullable LocalDate dueDate,
            Ternary ransomware,
            String name)
            implements FeedRecord {}

    /// The probability that exploitation of a CVE is seen somewhere within 30 days.
    record Epss(String cve, double score, double percentile) implements FeedRecord {}

    /// CISA's decision points for a CVE. `exploitation` is `none`, `poc`, `active` or empty.
    record Ssvc(
            String cve,
            String exploitation,
            Ternary automatable,
            Ternary totalImpact,
            @Nullable Instant decidedAt)
            implements FeedRecord {}

    /// How severe somebody says a CVE is: `scheme` (`CVSS_V3`, `Ubuntu`), `value` the vector or the
    /// word, `baseScore` where given.
    record Severity(String cve, String scheme, String value, @Nullable Double baseScore)
            implements FeedRecord {}

    /// Whether a release has the fix.
    enum FixState {
        FIXED,
        NOT_FIXED,
        NOT_AFFECTED
    }
}
