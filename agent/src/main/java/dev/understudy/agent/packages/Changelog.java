package dev.understudy.agent.packages;

import dev.understudy.protocol.version.VersionOrder;
import java.io.IOException;
import java.io.Reader;
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

    /// No source has named a tenth of it.
    private static final int MOST_CVES = 50_000;

    /// One version and the CVEs that its entry names.
    record Entry(String version, Set<String> cves) {
        Entry {
            cves = Set.copyOf(cves);
        }
    }

    Changelog {
        entries = List.copyOf(entries);
    }

    /// Reads line by line, so that a text that was packed from gigabytes costs no memory.
    ///
    /// @param atMost characters that are read
    /// @throws IOException if there are more, or if it cannot be read or is no changelog anybody
    ///   wrote
    static Changelog parse(Reader text, long atMost) throws IOException {
        List<Entry> entries = new ArrayList<>();
        String version = "";
        Set<String> cves = new TreeSet<>();
        int named = 0;
        Lines lines = new Lines(text, atMost);
        for (String line = lines.next(); line != null; line = lines.next()) {
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
                named += cves.add(cve.group()) ? 1 : 0;
            }
            if (named > MOST_CVES) {
                throw new IOException("more than %d CVEs".formatted(MOST_CVES));
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

    /// Whether it tells what lies between `installed` and `candidate`, both of the source. Some
    /// distributions ship the newest few entries only, so that it does not reach back; and one
    /// whose newest entry is not newer than `installed` is not that of the candidate.
    boolean covers(String installed, String candidate) {
        boolean upgrade = VersionOrder.DPKG.compare(candidate, installed) > 0;
        boolean reachesBack =
                entries.stream()
                        .anyMatch(
                                entry ->
                                        VersionOrder.DPKG.compare(entry.version(), installed) <= 0);
        return reachesBack
                && (!upgrade
                        || VersionOrder.DPKG.compare(entries.getFirst().version(), installed) > 0);
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

    /// Reads [#toText()]; a line that is not one, or a last one that is cut off, makes it an
    /// [IllegalArgumentException].
    static Changelog fromText(String text) {
        if (!text.endsWith("\n")) {
            throw new IllegalArgumentException("a changelog that is cut off");
        }
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
