package dev.understudy.risk;

import java.time.Instant;

/// By when a patch has to be in effect, and where that comes from.
///
/// @param due the earliest date that any of the patch's CVEs sets
/// @param cve the CVE that sets it
/// @param clockStart when its clock started, and `clockReason` what started it
public record Deadline(Instant due, String cve, Instant clockStart, String clockReason) {

    public boolean overdue(Instant now) {
        return now.isAfter(due);
    }
}
