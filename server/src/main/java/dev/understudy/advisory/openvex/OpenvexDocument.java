package dev.understudy.advisory.openvex;

import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.FeedRecord.FixState;
import dev.understudy.advisory.Fields;
import dev.understudy.advisory.PackageUrls;
import dev.understudy.advisory.Releases;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// One OpenVEX document as what it says to us. A product that is not named by a package URL of a
/// distribution's package is nothing that a package manager installs, and is passed over.
record OpenvexDocument(Instant issued, List<FeedRecord> records) {

    static OpenvexDocument of(JsonNode root) throws FeedException {
        if (!Fields.text(root, "@context").startsWith("https://openvex.dev/ns")
                || !root.path("statements").isArray()) {
            throw new FeedException("not an OpenVEX document");
        }
        Instant issued = Fields.instant(root, "last_updated");
        if (issued == null) {
            issued = Fields.instant(root, "timestamp");
        }
        if (issued == null) {
            throw new FeedException("it has no timestamp");
        }
        String id = id(root);
        Set<String> cves = new LinkedHashSet<>();
        List<FeedRecord> fixes = new ArrayList<>();
        for (JsonNode statement : root.path("statements")) {
            addStatement(id, statement, cves, fixes);
        }
        List<FeedRecord> records = new ArrayList<>();
        records.add(
                new FeedRecord.Advisory(
                        id,
                        List.copyOf(cves),
                        List.of(),
                        List.of(),
                        List.of(),
                        Fields.instant(root, "timestamp"),
                        issued,
                        null,
                        "VEX of " + Fields.text(root, "author"),
                        "",
                        ""));
        records.addAll(fixes);
        return new OpenvexDocument(issued, records);
    }

    /// The last part of the document's URL.
    private static String id(JsonNode root) throws FeedException {
        String whole = Fields.text(root, "@id");
        String id = whole.substring(whole.lastIndexOf('/') + 1);
        if (!Fields.isId(id)) {
            throw new FeedException("its @id '%s' does not end in a name".formatted(whole));
        }
        return id;
    }

    private static void addStatement(
            String id, JsonNode statement, Set<String> cves, List<FeedRecord> fixes)
            throws FeedException {
        JsonNode vulnerability = statement.path("vulnerability");
        String name = Fields.text(vulnerability, "name");
        if (!Fields.isCve(name)) {
            throw new FeedException("a statement is about '%s', not a CVE".formatted(name));
        }
        cves.add(name);
        FixState state =
                switch (Fields.text(statement, "status")) {
                    case "not_affected" -> FixState.NOT_AFFECTED;
                    case "affected" -> FixState.NOT_FIXED;
                    case "fixed" -> FixState.FIXED;
                    case "under_investigation" -> FixState.UNDER_INVESTIGATION;
                    default ->
                            throw new FeedException(
                                    "a statement's status is '%s'"
                                            .formatted(Fields.text(statement, "status")));
                };
        String note =
                state == FixState.NOT_AFFECTED
                        ? Fields.text(statement, "justification")
                        : Fields.text(statement, "action_statement");
        for (JsonNode product : statement.path("products")) {
            addProduct(id, name, state, note, product, fixes);
        }
    }

    private static void addProduct(
            String id,
            String cve,
            FixState state,
            String note,
            JsonNode product,
            List<FeedRecord> fixes)
            throws FeedException {
        String purl = Fields.text(product.path("identifiers"), "purl");
        PackageUrls.Named named =
                PackageUrls.read(purl.isEmpty() ? Fields.text(product, "@id") : purl).orElse(null);
        if (named == null || named.distro().isEmpty()) {
            return;
        }
        if (!named.version().isEmpty() && !Fields.isVersion(named.version())) {
            throw new FeedException("'%s' is not a version".formatted(named.version()));
        }
        boolean fixed = state == FixState.FIXED && !named.version().isEmpty();
        fixes.add(
                new FeedRecord.Fix(
                        cut(named.distro()),
                        release(named.distro()),
                        named.kind(),
                        named.name(),
                        id,
                        cve,
                        state == FixState.FIXED && !fixed ? FixState.NOT_AFFECTED : state,
                        "0",
                        fixed ? named.version() : null,
                        null,
                        "",
                        cut(note)));
    }

    /// Canonical's `jammy`, and `esm-infra/xenial` and the like, which only subscribers get;
    /// elsewhere `debian-12`, `almalinux-9`.
    private static String release(String distro) {
        String text = distro.toLowerCase(Locale.ROOT);
        int slash = text.indexOf('/');
        if (slash >= 0) {
            String left = text.substring(0, slash);
            return (left.startsWith("esm") ? text.substring(slash + 1) : left) + "-pro";
        }
        int dash = text.lastIndexOf('-');
        return dash > 0 && dash + 1 < text.length() && Character.isDigit(text.charAt(dash + 1))
                ? Releases.ofHost(text.substring(0, dash), text.substring(dash + 1), "")
                : text;
    }

    private static String cut(String text) {
        return text.length() > 300 ? text.substring(0, 300) : text;
    }
}
