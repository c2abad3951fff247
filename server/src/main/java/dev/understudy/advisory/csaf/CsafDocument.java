package dev.understudy.advisory.csaf;

import dev.understudy.advisory.Cvss;
import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.FeedRecord.FixState;
import dev.understudy.advisory.Fields;
import dev.understudy.advisory.ModuleStreams;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One CSAF document as what it says to us.
record CsafDocument(Instant released, List<FeedRecord> records) {
    /// How each product status reads here; `recommended` is advice, not a state.
    private static final Map<String, FixState> STATES =
            Map.of(
                    "known_affected", FixState.NOT_FIXED,
                    "first_affected", FixState.NOT_FIXED,
                    "last_affected", FixState.NOT_FIXED,
                    "fixed", FixState.FIXED,
                    "first_fixed", FixState.FIXED,
                    "known_not_affected", FixState.NOT_AFFECTED,
                    "under_investigation", FixState.UNDER_INVESTIGATION);

    private static final int LONGEST_NOTE = 300;

    static CsafDocument of(JsonNode root) throws FeedException {
        JsonNode document = root.path("document");
        String version = Fields.text(document, "csaf_version");
        if (!version.equals("2.0")) {
            throw new FeedException("csaf_version is '%s'; expected 2.0".formatted(version));
        }
        JsonNode tracking = document.path("tracking");
        String id = Fields.id(tracking, "id");
        Instant released = Fields.instant(tracking, "current_release_date");
        if (released == null || !root.path("vulnerabilities").isArray()) {
            throw new FeedException(
                    "%s has no current_release_date or no vulnerabilities".formatted(id));
        }
        Products products = Products.of(root.path("product_tree"));
        List<FeedRecord> records = new ArrayList<>();
        List<String> cves = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (JsonNode vulnerability : root.path("vulnerabilities")) {
            String cve = Fields.text(vulnerability, "cve");
            if (Fields.isCve(cve)) {
                cves.add(cve);
            } else {
                vulnerability.path("ids").forEach(each -> others.add(Fields.text(each, "text")));
            }
        }
        records.add(
                new FeedRecord.Advisory(
                        id,
                        cves,
                        others,
                        List.of(),
                        List.of(),
                        Fields.instant(tracking, "initial_release_date"),
                        released,
                        Fields.text(document, "category").equals("csaf_withdrawn")
                                ? released
                                : null,
                        Fields.text(document, "title"),
                        Fields.text(document.path("aggregate_severity"), "text"),
                        ""));
        for (JsonNode vulnerability : root.path("vulnerabilities")) {
            read(id, vulnerability, products, records);
        }
        return new CsafDocument(released, records);
    }

    private static void read(
            String id, JsonNode vulnerability, Products products, List<FeedRecord> records)
            throws FeedException {
        String named = Fields.text(vulnerability, "cve");
        String cve = Fields.isCve(named) ? named : "";
        Map<String, String> reasons = byProduct(vulnerability.path("flags"), "label");
        Map<String, String> remedies = remedies(vulnerability.path("remediations"));
        for (Map.Entry<String, JsonNode> status :
                vulnerability.path("product_status").properties()) {
            FixState state = STATES.get(status.getKey());
            if (state == null) {
                continue;
            }
            for (JsonNode product : status.getValue()) {
                String of = product.isString() ? product.stringValue() : "";
                String note = state == FixState.NOT_AFFECTED ? reasons.get(of) : remedies.get(of);
                records.add(
                        fix(
                                id,
                                cve,
                                status.getKey(),
                                state,
                                products.get(of),
                                note == null ? "" : note));
            }
        }
        addRemedies(id, cve, vulnerability, records);
        addScores(cve.isEmpty() ? id : cve, vulnerability, records);
    }

    /// A product that is fixed without saying in which version has nothing left to fix.
    private static FeedRecord.Fix fix(
            String id,
            String cve,
            String status,
            FixState state,
            Products.Product product,
            String note)
            throws FeedException {
        String version = version(product.version());
        boolean fixed = state == FixState.FIXED && !version.isEmpty();
        boolean affected = state == FixState.NOT_FIXED && !version.isEmpty();
        boolean from =
                status.equals("first_affected")
                        || (state == FixState.NOT_AFFECTED && !version.isEmpty());
        return new FeedRecord.Fix(
                product.platform(),
                product.release(),
                product.kind(),
                product.name(),
                id,
                cve,
                state == FixState.FIXED && !fixed ? FixState.NOT_AFFECTED : state,
                from && !version.isEmpty() ? version : "0",
                fixed ? version : null,
                affected && !status.equals("first_affected") ? version : null,
                "",
                state == FixState.FIXED && !fixed ? "fixed" : note,
                ModuleStreams.of(version, product.module()));
    }

    private static String version(String text) throws FeedException {
        if (!text.isEmpty() && !Fields.isVersion(text)) {
            throw new FeedException("'%s' is not a version".formatted(text));
        }
        return text;
    }

    private static Map<String, String> byProduct(JsonNode entries, String member) {
        Map<String, String> found = new HashMap<>();
        for (JsonNode entry : entries) {
            for (JsonNode product : entry.path("product_ids")) {
                if (product.isString()) {
                    found.putIfAbsent(product.stringValue(), Fields.text(entry, member));
                }
            }
        }
        return found;
    }

    /// What the vendor does for each product: the category, and where to find the fix.
    private static Map<String, String> remedies(JsonNode remediations) {
        Map<String, String> found = new HashMap<>();
        for (JsonNode entry : remediations) {
            String category = Fields.text(entry, "category");
            String url = Fields.text(entry, "url");
            String said = category.equals("vendor_fix") && !url.isEmpty() ? url : category;
            for (JsonNode product : entry.path("product_ids")) {
                if (product.isString() && !category.equals("workaround")) {
                    found.putIfAbsent(product.stringValue(), cut(said));
                }
            }
        }
        return found;
    }

    private static void addRemedies(
            String id, String cve, JsonNode vulnerability, List<FeedRecord> records) {
        for (JsonNode entry : vulnerability.path("remediations")) {
            records.add(
                    new FeedRecord.Remedy(
                            id,
                            cve,
                            cut(Fields.text(entry, "category")),
                            Fields.text(entry, "details"),
                            Fields.text(entry, "url")));
        }
        for (JsonNode entry : vulnerability.path("threats")) {
            if (Fields.text(entry, "category").equals("exploit_status")) {
                records.add(
                        new FeedRecord.Remedy(
                                id, cve, "exploit_status", Fields.text(entry, "details"), ""));
            }
        }
    }

    private static void addScores(String cve, JsonNode vulnerability, List<FeedRecord> records) {
        for (JsonNode score : vulnerability.path("scores")) {
            for (String version : new String[] {"cvss_v2", "cvss_v3", "cvss_v4"}) {
                JsonNode cvss = score.path(version);
                String vector = Fields.text(cvss, "vectorString");
                if (!vector.isEmpty() && vector.length() < 200) {
                    records.add(
                            new FeedRecord.Severity(
                                    cve,
                                    "CVSS_V" + version.charAt(6),
                                    vector,
                                    base(cvss.path("baseScore"), vector)));
                }
            }
        }
    }

    private static @Nullable Double base(JsonNode given, String vector) {
        double score = given.isNumber() ? given.doubleValue() : -1;
        return score >= 0 && score <= 10 ? Double.valueOf(score) : Cvss.baseScore(vector);
    }

    private static String cut(String text) {
        return text.length() > LONGEST_NOTE ? text.substring(0, LONGEST_NOTE) : text;
    }
}
