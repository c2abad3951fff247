package dev.understudy.agent.packages;

import dev.understudy.protocol.version.VersionOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A Debian changelog as far as we need it: its entries, newest first, each with the CVEs it names.
record Changelog(List<Entry> entries) {
    /// `openssl (3.0.17-1~deb12u2) bookworm-security; urgency=medium`
    private static final Pattern HEAD =
            Pattern.compile("[a-z0-9][a-z0-9+.-]* \\((?<version>[^)\\s]{1,200})\\).*;.*");

    private static final Pattern CVE = Pattern.compile("CVE-[0-9]{4}-[0-9]{4,19}");

    /// Entries are read up to this many; the newest come first.
    private static final int ENTRIES = 2_000;

    /// One version and the CVEs that its entry names.
    record Entry(String version, Set<String> cves) {
        Entry {
            cves = Set.copyOf(cves);
        }
    }

    Changelog {
        entries = List.copyOf(entries);
    }

    static Changelog parse(String text) {
        List<Entry> entries = new ArrayList<>();
        String version = "";
        Set<String> cves = new TreeSet<>();
        for (String line : (Iterable<String>) text.lines()::iterator) {
            Matcher head = HEAD.matcher(line);
            if (head.matches()) {
                if (!version.isEmpty()) {
                    entries.add(new Entry(version, cves));
                }
                if (entries.size() == ENTRIES) {
                    return new Changelog(entries);
                }
                version = head.group("version");
                cves = new TreeSet<>();
            }
            Matcher cve = CVE.matcher(line);
            while (cve.find()) {
                cves.add(cve.group());
            }
        }
        if (!version.isEmpty()) {
            entries.add(new Entry(version, cves));
        }
        return new Changelog(entries);
    }

    /// The CVEs named since `installed`, which is not included. The history of years before it is
    /// not news: stops at the first entry that is not newer.
    List<String> cvesSince(String installed) {
        Set<String> cves = new TreeSet<>();
        for (Entry entry : entries) {
            if (VersionOrder.DPKG.compare(entry.version(), installed) <= 0) {
                break;
            }
            cves.addAll(entry.cves());
        }
        return List.copyOf(cves);
    }

    /// Whether its entries reach back to `installed`: some distributions ship the newest few only,
    /// and then what lies between is not known.
    boolean reachesBackTo(String installed) {
        return entries.stream()
                .anyMatch(entry -> VersionOrder.DPKG.compare(entry.version(), installed) <= 0);
    }

    /// One line per entry: the version, a tab, the CVEs parted by spaces.
    String toText() {
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries) {
            text.append(entry.version())
                    .append('\t')
                    .append(String.join(" ", new TreeSet<>(entry.cves())))
                    .append('\n');
        }
        return text.toString();
    }

    /// Reads [#toText()]; a line that is not one makes it an [IllegalArgumentException].
    static Changelog fromText(String text) {
        List<Entry> entries = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] fields = line.split("\t", -1);
            if (fields.length != 2 || fields[0].isEmpty()) {
                throw new IllegalArgumentException("not an entry of a changelog: '" + line + "'");
            }
            Set<String> cves = new TreeSet<>();
            for (String cve : fields[1].isEmpty() ? new String[0] : fields[1].split(" ")) {
                if (!CVE.matcher(cve).matches()) {
                    throw new IllegalArgumentException("not a CVE id: '" + cve + "'");
                }
                cves.add(cve);
            }
            entries.add(new Entry(fields[0], cves));
        }
        return new Changelog(entries);
    }
}
