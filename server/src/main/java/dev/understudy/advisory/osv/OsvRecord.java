package dev.understudy.advisory.osv;

import dev.understudy.advisory.Cvss;
import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.Fields;
import dev.understudy.advisory.Regression;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// One OSV record as what it says to us.
record OsvRecord(Instant modified, List<FeedRecord> records) {
    private static final Pattern DISTRIBUTION_CVE =
            Pattern.compile("(?:[A-Z]+-)*(CVE-[0-9]{4}-[0-9]{4,19})");
    private static final Pattern WORD = Pattern.compile("(Critical|Important|Moderate|Low): .*");

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
                        Fields.texts(document, "upstream"),
                        Fields.texts(document, "related"),
                        Fields.instant(document, "published"),
                        modified,
                        withdrawn,
                        summary(document),
                        word(document),
                        Regression.followed(
                                id,
                                Fields.text(document, "summary")
                                        + "\n"
                                        + Fields.text(document, "details"))));
        for (JsonNode each : affected) {
            OsvAffected.read(id, Fields.text(document, "summary"), each, records);
            addSeverities(cves, id, each.path("severity"), records);
        }
        addSeverities(cves, id, document.path("severity"), records);
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

    /// The vendor's own word, with which the Red Hat family begins its summaries.
    private static String word(JsonNode document) {
        Matcher summary = WORD.matcher(Fields.text(document, "summary"));
        return summary.matches() ? summary.group(1) : "";
    }

    private static void addSeverities(
            Set<String> cves, String id, JsonNode severities, List<FeedRecord> records) {
        String of = cves.size() == 1 ? cves.iterator().next() : id;
        for (JsonNode each : severities) {
            String scheme = Fields.text(each, "type");
            String value = Fields.text(each, "score");
            if (scheme.matches("[A-Za-z0-9_.-]{1,32}")
                    && !value.isEmpty()
                    && value.length() < 200) {
                Double base = scheme.startsWith("CVSS") ? Cvss.baseScore(value) : null;
                records.add(new FeedRecord.Severity(of, scheme, value, base));
            }
        }
    }
}
