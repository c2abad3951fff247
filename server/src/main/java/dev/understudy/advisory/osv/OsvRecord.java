package dev.understudy.advisory.osv;

import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.FeedRecord.FixState;
import dev.understudy.advisory.Fields;
import dev.understudy.advisory.Releases;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One OSV record as what it says to us.
record OsvRecord(Instant modified, List<FeedRecord> records) {
    private static final Pattern DISTRIBUTION_CVE =
            Pattern.compile("(?:[A-Z]+-)?(CVE-[0-9]{4}-[0-9]{4,19})");

    static OsvRecord of(JsonNode document) throws FeedException {
        if (!document.isObject()) {
            throw new FeedException("not a JSON object");
        }
        String id = Fields.id(document, "id");
        Instant modified = Fields.instant(document, "modified");
        Instant withdrawn = Fields.instant(document, "withdrawn");
        JsonNode affected = document.path("affected");
        if (modified == null || (!affected.isArray() && withdrawn == null)) {
            throw new FeedException("%s has no 'modified' or no 'affected'".formatted(id));
        }
        Set<String> cves = cves(document, id);
        List<FeedRecord> records = new ArrayList<>();
        records.add(
                new FeedRecord.Advisory(
                        id,
                        List.copyOf(cves),
                        Fields.texts(document, "aliases"),
                        Fields.instant(document, "published"),
                        modified,
                        withdrawn,
                        summary(document)));
        for (JsonNode each : affected) {
            addFixes(id, each, records);
        }
        if (cves.size() == 1) {
            addSeverities(cves.iterator().next(), document.path("severity"), records);
        }
        return new OsvRecord(modified, records);
    }

    /// `related` only counts where a record names CVEs nowhere else, as AlmaLinux's do.
    private static Set<String> cves(JsonNode document, String id) {
        Set<String> cves = new LinkedHashSet<>();
        addCves(List.of(id), cves);
        addCves(Fields.texts(document, "aliases"), cves);
        addCves(Fields.texts(document, "upstream"), cves);
        if (cves.isEmpty()) {
            addCves(Fields.texts(document, "related"), cves);
        }
        return cves;
    }

    private static void addCves(List<String> names, Set<String> cves) {
        for (String name : names) {
            Matcher matcher = DISTRIBUTION_CVE.matcher(name);
            if (matcher.matches()) {
                cves.add(matcher.group(1));
            }
        }
    }

    private static String summary(JsonNode document) {
        String summary = Fields.text(document, "summary");
        return summary.isEmpty() ? Fields.text(document, "details") : summary;
    }

    private static void addFixes(String id, JsonNode affected, List<FeedRecord> records)
            throws FeedException {
        String ecosystem = Fields.text(affected.path("package"), "ecosystem");
        String source = Fields.text(affected.path("package"), "name");
        if (ecosystem.isEmpty() && affected.path("ranges").isArray()) {
            return; // only commits of an upstream repository
        }
        if (!Fields.isName(source) || ecosystem.isEmpty() || ecosystem.length() > 64) {
            throw new FeedException(
                    "%s affects package '%s' of ecosystem '%s'".formatted(id, source, ecosystem));
        }
        String urgency = Fields.text(affected.path("ecosystem_specific"), "urgency");
        AffectedPackage of = new AffectedPackage(id, ecosystem, source, urgency);
        int before = records.size();
        for (JsonNode range : affected.path("ranges")) {
            if (Fields.text(range, "type").equals("ECOSYSTEM")) {
                addRange(of, range.path("events"), records);
            }
        }
        if (records.size() == before && !affected.path("versions").isEmpty()) {
            records.add(of.fix("0", null));
        }
    }

    private static void addRange(AffectedPackage of, JsonNode events, List<FeedRecord> records)
            throws FeedException {
        String introduced = null;
        for (JsonNode event : events) {
            String starts = Fields.text(event, "introduced");
            String ends = Fields.text(event, "fixed");
            if (!starts.isEmpty()) {
                if (introduced != null) {
                    records.add(of.fix(introduced, null));
                }
                introduced = version(starts);
            } else if (!ends.isEmpty()) {
                records.add(of.fix(introduced == null ? "0" : introduced, version(ends)));
                introduced = null;
            }
        }
        if (introduced != null) {
            records.add(of.fix(introduced, null));
        }
    }

    private static String version(String text) throws FeedException {
        if (!Fields.isVersion(text)) {
            throw new FeedException("'%s' is not a version".formatted(text));
        }
        return text;
    }

    private static void addSeverities(String cve, JsonNode severities, List<FeedRecord> records) {
        for (JsonNode each : severities) {
            String scheme = Fields.text(each, "type");
            String value = Fields.text(each, "score");
            if (scheme.matches("[A-Za-z0-9_.-]{1,32}")
                    && !value.isEmpty()
                    && value.length() < 200) {
                records.add(new FeedRecord.Severity(cve, scheme, value, null));
            }
        }
    }

    /// The package of one `affected` entry.
    private record AffectedPackage(String id, String ecosystem, String source, String urgency) {
        FeedRecord.Fix fix(String introduced, @Nullable String fixed) {
            return new FeedRecord.Fix(
                    ecosystem,
                    Releases.ofEcosystem(ecosystem),
                    source,
                    id,
                    fixed == null ? FixState.NOT_FIXED : FixState.FIXED,
                    introduced,
                    fixed,
                    urgency.length() > 64 ? urgency.substring(0, 64) : urgency);
        }
    }
}
