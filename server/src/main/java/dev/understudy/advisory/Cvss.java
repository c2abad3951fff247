package dev.understudy.advisory;

import org.jspecify.annotations.Nullable;
import us.springett.cvss.MalformedVectorException;

/// CVSS vectors of every version.
public final class Cvss {
    private Cvss() {}

    /// The base score of a vector of version 2, 3.0, 3.1 or 4.0; null where it is not one.
    public static @Nullable Double baseScore(String vector) {
        try {
            us.springett.cvss.Cvss read = us.springett.cvss.Cvss.fromVector(vector);
            double score = read == null ? -1 : read.calculateScore().getBaseScore();
            return score >= 0 && score <= 10 ? score : null;
        } catch (MalformedVectorException | IllegalArgumentException _) {
            return null; // The vector itself is kept; it just has no score.
        }
    }
}
