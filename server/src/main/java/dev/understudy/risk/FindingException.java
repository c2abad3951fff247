package dev.understudy.risk;

import dev.understudy.protocol.HostId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Somebody's decision to leave a finding open until a date.
///
/// @param subject a CVE, or a patch as `bookworm/openssl/3.0.17-1~deb12u2`
/// @param host on which it holds; null for a group or the whole fleet
/// @param group in which it holds; empty for a host or the whole fleet
/// @param owner who answers for it
/// @param endedAt when it was ended before its time; null if it was not
public record FindingException(
        UUID id,
        String subject,
        @Nullable HostId host,
        String group,
        String owner,
        String reason,
        Instant createdAt,
        String createdBy,
        Instant until,
        @Nullable Instant endedAt,
        String endedBy) {

    /// Whether it holds at that time.
    public boolean holds(Instant now) {
        return endedAt == null && now.isBefore(until);
    }

    boolean concerns(HostId other, String itsGroup) {
        return host != null ? host.equals(other) : concerns(itsGroup);
    }

    /// Whether it holds in the group, as far as it is not of a single host.
    boolean concerns(String itsGroup) {
        return group.isEmpty() || group.equals(itsGroup);
    }

    boolean concerns(PatchId patch, String cve) {
        return subject.equals(cve) || subject.equals(patch.toString());
    }

    String sentence() {
        return "Excepted until %s by %s: %s".formatted(Explain.day(until), owner, reason);
    }
}
