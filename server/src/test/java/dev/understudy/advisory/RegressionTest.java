package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegressionTest {

    @ParameterizedTest
    @CsvSource({
        "DSA-6000-2,nginx - regression update,DSA-6000-1",
        "DSA-6000-2,nginx - security update,''",
        "DSA-6000-1,nginx - security update,''",
        "USN-417-3,USN-417-2 fixed a severe regression in PostgreSQL,USN-417-2",
        "USN-7001-2,USN-7001-1 fixed a vulnerability. The update introduced a problem.,USN-7001-1",
        "USN-7001-2,USN-7001-1 fixed a vulnerability. This is the update for Ubuntu 16.04.,''",
        "USN-7002-1,The update in USN-6999-1 caused a regression in sessions.,USN-6999-1",
        "USN-7002-1,A regression test was extended.,''",
        "ALSA-2026:1,regression,''",
    })
    void tellsWhatAnAdvisoryRepairs(String id, String text, String follows) {
        assertThat(Regression.followed(id, text)).isEqualTo(follows);
    }

    /// Debian's lists, whose titles are the whole text, against labels made by hand.
    @Test
    void isRightAboutDebiansAdvisories() throws IOException, FeedException {
        Score score = new Score();
        try (InputStream in =
                Files.newInputStream(Collected.shared("debian/debian_advisories.csv"))) {
            for (List<String> row : rows(in, "advisory", "title", "is_regression_update")) {
                score.add(
                        !Regression.followed(row.get(0), row.get(1)).isEmpty(),
                        row.get(2).equals("1"));
            }
        }
        System.out.println("Debian: " + score);
        assertThat(score.precision()).isGreaterThanOrEqualTo(0.98);
        assertThat(score.recall()).isGreaterThanOrEqualTo(0.95);
    }

    /// Ubuntu's notices that are labelled as repairs, each with the sentence that says so. The
    /// others come without text, so that only the recall means something.
    @Test
    void findsUbuntusRepairsAndWhatTheyRepair() throws IOException, FeedException {
        Score score = new Score();
        int named = 0;
        int right = 0;
        Path file = Collected.shared("ubuntu/ubuntu_usn.csv.gz");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            for (List<String> row :
                    rows(
                            in,
                            "usn",
                            "regression_text",
                            "is_regression_fix",
                            "fixes_regression_of")) {
                String found = Regression.followed(row.get(0), row.get(1));
                score.add(!found.isEmpty(), row.get(2).equals("1"));
                if (!found.isEmpty() && !row.get(3).isEmpty()) {
                    named++;
                    right += row.get(3).contains(found) ? 1 : 0;
                }
            }
        }
        System.out.println("Ubuntu: %s; of %d named, %d right".formatted(score, named, right));
        assertThat(score.recall()).isGreaterThanOrEqualTo(0.90);
        assertThat(right).isGreaterThanOrEqualTo((int) (0.95 * named));
    }

    private static List<List<String>> rows(InputStream in, String... columns)
            throws IOException, FeedException {
        List<List<String>> picked = new ArrayList<>();
        try (BoundedLines lines = new BoundedLines(in, 64 << 10)) {
            List<String> head = Objects.requireNonNull(lines.row());
            assertThat(head).contains(columns);
            for (List<String> row = lines.row(); row != null; row = lines.row()) {
                List<String> all = row;
                picked.add(
                        List.of(columns).stream()
                                .map(column -> all.get(head.indexOf(column)))
                                .toList());
            }
        }
        return picked;
    }

    private static final class Score {
        private int hits;
        private int alarms;
        private int misses;

        void add(boolean said, boolean is) {
            hits += said && is ? 1 : 0;
            alarms += said && !is ? 1 : 0;
            misses += !said && is ? 1 : 0;
        }

        double precision() {
            return (double) hits / (hits + alarms);
        }

        double recall() {
            return (double) hits / (hits + misses);
        }

        @Override
        public String toString() {
            return "precision %.3f, recall %.3f (%d found, %d false, %d missed)"
                    .formatted(precision(), recall(), hits, alarms, misses);
        }
    }
}
