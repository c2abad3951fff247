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
    /// @param upstream what it passes on, `related` what belongs near it: ids of other advisories
    /// @param severity the vendor's own word (`Important`); empty if none
    /// @param follows the advisory whose regression it repairs; empty if none
    record Advisory(
            String id,
            List<String> cves,
            List<String> aliases,
            List<String> upstream,
            List<String> related,
            @Nullable Instant published,
            @Nullable Instant modified,
            @Nullable Instant withdrawn,
            String summary,
            String severity,
            String follows)
            implements FeedRecord {
        public Advisory {
            cves = cves.stream().distinct().sorted().toList();
            aliases = aliases.stream().distinct().sorted().toList();
            upstream = upstream.stream().distinct().sorted().toList();
            related = related.stream().distinct().sorted().toList();
        }

        /// One that has only a name, the CVEs it is about, and a summary.
        public static Advisory of(String id, List<String> cves, String summary) {
            return new Advisory(
                    id, cves, List.of(), List.of(), List.of(), null, null, null, summary, "", "");
        }
    }

    /// What an advisory means for one package of one release: versions from `introduced` (0 is any)
    /// up to, not including, `fixed`, or up to and including `lastAffected`, are affected.
    ///
    /// @param ecosystem as the feed calls it (`Debian:12`), `release` as hosts call it (`bookworm`)
    /// @param name of a source or a binary package, by `kind`
    /// @param cve the only CVE of the advisory that is meant; empty is all of them
    /// @param fixed null unless the state is FIXED
    /// @param note why not affected (`vulnerable_code_not_present`), or what the vendor does about
    ///   it (`no_fix_planned`); empty if it does not say
    /// @param stream the module stream that is meant, see [ModuleStreams]; empty where there is
    ///   none
    record Fix(
            String ecosystem,
            String release,
            PackageKind kind,
            String name,
            String advisory,
            String cve,
            FixState state,
            String introduced,
            @Nullable String fixed,
            @Nullable String lastAffected,
            String urgency,
            String note,
            String stream)
            implements FeedRecord {
        public Fix {
            if ((state == FixState.FIXED) != (fixed != null)) {
                throw new IllegalArgumentException(
                        "%s of %s is %s with fixed version %s"
                                .formatted(advisory, name, state, fixed));
            }
        }

        /// Of a package that is of no module, as far as its version says.
        public Fix(
                String ecosystem,
                String release,
                PackageKind kind,
                String name,
                String advisory,
                String cve,
                FixState state,
                String introduced,
                @Nullable String fixed,
                @Nullable String lastAffected,
                String urgency,
                String note) {
            this(
                    ecosystem,
                    release,
                    kind,
                    name,
                    advisory,
                    cve,
                    state,
                    introduced,
                    fixed,
                    lastAffected,
                    urgency,
                    note,
                    ModuleStreams.of(version(introduced, fixed, lastAffected), ""));
        }

        private static String version(
                String introduced, @Nullable String fixed, @Nullable String lastAffected) {
            return fixed != null ? fixed : lastAffected != null ? lastAffected : introduced;
        }
    }

    /// What a vendor says can be done: `category` as in CSAF (`workaround`, `no_fix_planned`).
    record Remedy(String advisory, String cve, String category, String details, String url)
            implements FeedRecord {}

    /// A CVE that is known to be exploited.
    record Exploited(
            String cve,
            LocalDate dateAdded,
            @Nullable LocalDate dueDate,
            Ternary ransomware,
            String name)
            implements FeedRecord {}

    /// A public exploit of a CVE.
    record Exploit(String cve, String name, Maturity maturity, @Nullable LocalDate firstSeen)
            implements FeedRecord {}

    /// Somebody we listen to saw a CVE exploited, or tells how to see it.
    ///
    /// @param object the id of what says so, at its source
    record Sighting(
            String cve,
            String object,
            SightingKind kind,
            @Nullable Instant seenAt,
            String toldBy,
            String sentence)
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
    /// word, `baseScore` where given or computed.
    ///
    /// @param cve a CVE, or the advisory's own id where it speaks of none or of several at once
    record Severity(String cve, String scheme, String value, @Nullable Double baseScore)
            implements FeedRecord {}

    /// Whether a release has the fix.
    enum FixState {
        FIXED,
        NOT_FIXED,
        NOT_AFFECTED,
        /// The vendor does not know yet: counts as affected.
        UNDER_INVESTIGATION
    }

    /// What saw it.
    enum SightingKind {
        SIGHTING,
        INDICATOR
    }
}
