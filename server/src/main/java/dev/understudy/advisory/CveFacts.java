package dev.understudy.advisory;

import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/// What the feeds in force know of one CVE.
///
/// @param exploited YES if a catalogue lists it or somebody we listen to saw it exploited; NO only
///   if a catalogue of exploited vulnerabilities is in force and does not list it
/// @param listed when a catalogue listed it as exploited; null if none does
/// @param epss null where no feed scores it
/// @param exploit the most mature public exploit; null where no feed names one
/// @param seen that it was seen exploited, or how to see it; null where nobody says so
public record CveFacts(
        String cve,
        Ternary exploited,
        @Nullable LocalDate listed,
        @Nullable LocalDate dueDate,
        Ternary ransomware,
        @Nullable Score epss,
        String exploitation,
        Ternary automatable,
        Ternary totalImpact,
        @Nullable Double cvss,
        String cvssVector,
        @Nullable Exploit exploit,
        @Nullable Seen seen) {

    /// An EPSS score with the model that made it and its date.
    public record Score(
            double probability, double percentile, String model, @Nullable Instant date) {}

    /// The most mature public exploit, and when the first of any maturity was seen.
    public record Exploit(Maturity maturity, @Nullable LocalDate firstSeen, int known) {}

    /// Exploitation as a source of our own tells of it.
    ///
    /// @param exploited whether it was seen; otherwise there only is a way to see it
    public record Seen(boolean exploited, @Nullable Instant last, String toldBy, int reports) {}

    /// Nobody says anything about it.
    public static CveFacts unknown(String cve) {
        return new CveFacts(
                cve,
                Ternary.UNKNOWN,
                null,
                null,
                Ternary.UNKNOWN,
                null,
                "",
                Ternary.UNKNOWN,
                Ternary.UNKNOWN,
                null,
                "",
                null,
                null);
    }
}
