package dev.understudy.protocol;

import java.util.List;

/// What came of securing evidence before a change.
public sealed interface TriageOutcome {

    /// It is on the host, for root only.
    ///
    /// @param file its path on the host
    /// @param sha256 of the file
    /// @param incomplete what is missing or was cut, in sentences
    record Kept(String file, String sha256, long bytes, List<String> incomplete)
            implements TriageOutcome {
        public Kept {
            Require.text(file, "file", 4096);
            Require.matching(sha256, "sha256", "[0-9a-f]{64}");
            Require.atLeast(bytes, 1, "bytes");
            incomplete = incomplete.stream().limit(100).toList();
            incomplete.forEach(each -> Require.text(each, "incomplete", 1000));
        }
    }

    /// There is none.
    record Missing(String why) implements TriageOutcome {
        public Missing {
            Require.text(why, "why", 2000);
        }
    }
}
