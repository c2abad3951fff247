package dev.understudy.advisory;

import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/// What the feeds in force know of one CVE.
///
/// @param exploited NO only if a catalogue of exploited vulnerabilities is in force and does not
///   list it
/// @param listed when it was listed as exploited; null unless `exploited` is YES
/// @param epss null where no feed scores it
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
        String cvssVector) {

    /// An EPSS score with the model that made it and its date.
    public record Score(
            double probability, double percentile, String model, @Nullable Instant date) {}

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
                "");
    }
}
