package dev.understudy.protocol;

import java.util.List;

/// Every version that is in quarantine, of whatever release, as a check-in answer tells it to a
/// host that knows another list. Not signed: like the stop, it can only keep hosts from changing.
///
/// @param digest stands for the list; the host says at each check-in which one it knows
public record QuarantineNotice(String digest, List<QuarantinedVersion> versions) {
    /// No list has more.
    public static final int MOST = 5_000;

    public QuarantineNotice {
        Require.matching(digest, "digest", "[0-9a-f]{64}");
        versions = List.copyOf(versions);
        if (versions.size() > MOST) {
            throw new IllegalArgumentException(
                    "%d quarantined versions; at most %d are allowed"
                            .formatted(versions.size(), MOST));
        }
    }

    public static QuarantineNotice of(List<QuarantinedVersion> versions) {
        return new QuarantineNotice(Digests.sha256(Wire.encode(versions)), versions);
    }
}
