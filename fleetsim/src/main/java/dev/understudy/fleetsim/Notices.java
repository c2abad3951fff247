package dev.understudy.fleetsim;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The real security notices of one Ubuntu release (USN), oldest first, with what became of each:
/// whether the vendor had to repair it, after how long, and how likely its CVEs are exploited.
/// Notices whose date was filled in later are left out, as `ubuntu/` says, and so are those that
/// repair an earlier one: they come of themselves where the earlier one is simulated.
public record Notices(List<Notice> all) {
    /// EPSS counts as high from here on: FIRST's own example of a threshold, and the one at which
    /// KEV listings were compared.
    private static final double HIGH = 0.1;

    private static final String RELEASE = "UBUNTU18.04 LTS";

    /// How the CVEs of a notice are exploited, by what was known in the end.
    public enum Exploitation {
        /// Listed as known to be exploited.
        KNOWN,
        /// Exploitation within 30 days has a probability of 0.1 or more.
        LIKELY,
        ORDINARY
    }

    /// @param packages binary packages that it updates
    /// @param regressed whether the vendor told of a regression
    /// @param repairedAfter days until it did; negative where it did not, or nobody knows when
    /// @param exploited p = 1 − Π(1 − p_cve): exploitation of any of its CVEs in 30 days, anywhere
    public record Notice(
            String name,
            LocalDate date,
            Set<String> packages,
            boolean regressed,
            double repairedAfter,
            double exploited,
            Exploitation exploitation) {
        public Notice {
            packages = Set.copyOf(packages);
        }
    }

    public Notices {
        all = List.copyOf(all);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("There are no notices about " + RELEASE + ".");
        }
    }

    /// Of Ubuntu 18.04, the release with the longest history among those that fleets are made of.
    ///
    /// @param data the folder of the shared real data
    /// @param known the probability that stands for a CVE which is known to be exploited
    public static Notices read(Path data, double known) throws IOException {
        Map<String, Set<String>> packages = new HashMap<>();
        Csv.read(
                data.resolve("ubuntu/ubuntu_fixed_versions.csv.gz"),
                row -> {
                    if (row.get("release").equals(RELEASE)) {
                        packages.computeIfAbsent(row.get("usn"), _ -> new TreeSet<>())
                                .add(row.get("package").intern());
                    }
                });
        Map<String, Double> days = new HashMap<>();
        Csv.read(
                data.resolve("regressions/patch_regressions.csv"),
                row -> {
                    String lag = row.get("days_to_regression");
                    if (!lag.isEmpty()) {
                        days.put(row.get("advisory"), Double.valueOf(lag));
                    }
                });
        Set<String> kev = new HashSet<>();
        Csv.read(data.resolve("kev/kev.csv"), row -> kev.add(row.get("cve")));
        Map<String, Double> epss = new HashMap<>();
        Csv.read(
                data.resolve("epss/snapshots/epss_2025-10-05.csv.gz"),
                row -> epss.put(row.get("cve"), Double.valueOf(row.get("epss"))));
        Map<LocalDate, List<Notice>> found = new TreeMap<>();
        Csv.read(
                data.resolve("ubuntu/ubuntu_usn.csv.gz"),
                row -> {
                    Set<String> updates = packages.getOrDefault(row.get("usn"), Set.of());
                    if (!updates.isEmpty()
                            && row.get("date_is_backfilled").equals("0")
                            && row.get("is_regression_fix").equals("0")) {
                        LocalDate date = LocalDate.parse(row.get("nvt_created"));
                        List<String> cves = Arrays.asList(row.get("cves").split("\\|", -1));
                        boolean listed = cves.stream().anyMatch(kev::contains);
                        double any = any(cves, kev, epss, known);
                        found.computeIfAbsent(date, _ -> new ArrayList<>())
                                .add(
                                        new Notice(
                                                row.get("usn"),
                                                date,
                                                updates,
                                                row.get("caused_regression").equals("1"),
                                                days.getOrDefault(row.get("usn"), -1.0),
                                                any,
                                                exploitation(listed, any)));
                    }
                });
        return new Notices(found.values().stream().flatMap(List::stream).toList());
    }

    private static double any(
            List<String> cves, Set<String> kev, Map<String, Double> epss, double known) {
        double none = 1;
        for (String cve : cves) {
            none *= 1 - (kev.contains(cve) ? known : epss.getOrDefault(cve, 0.0));
        }
        return Math.min(known, 1 - none);
    }

    private static Exploitation exploitation(boolean listed, double any) {
        if (listed) {
            return Exploitation.KNOWN;
        }
        return any >= HIGH ? Exploitation.LIKELY : Exploitation.ORDINARY;
    }

    /// Those that update one of these packages.
    public Notices about(Set<String> installed) {
        return new Notices(
                all.stream()
                        .filter(each -> each.packages().stream().anyMatch(installed::contains))
                        .toList());
    }
}
