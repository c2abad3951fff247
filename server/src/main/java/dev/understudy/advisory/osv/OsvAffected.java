package dev.understudy.advisory.osv;

import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.FeedRecord.FixState;
import dev.understudy.advisory.Fields;
import dev.understudy.advisory.ModuleStreams;
import dev.understudy.advisory.PackageKind;
import dev.understudy.advisory.Releases;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The package of one `affected` entry: its ranges, or, where it has none, each of its versions.
record OsvAffected(
        String id,
        String ecosystem,
        String release,
        PackageKind kind,
        String name,
        String urgency,
        String summary) {

    /// Ecosystems that name binary packages; all others name source packages.
    private static final Set<String> BINARY = Set.of("AlmaLinux", "Red Hat");

    private static final int MOST_VERSIONS = 5_000;

    /// @param summary of the record, which names the module stream in the Red Hat family
    static void read(String id, String summary, JsonNode affected, List<FeedRecord> records)
            throws FeedException {
        String ecosystem = Fields.text(affected.path("package"), "ecosystem");
        String name = Fields.text(affected.path("package"), "name");
        if (ecosystem.isEmpty() && affected.path("ranges").isArray()) {
            return; // only commits of an upstream repository
        }
        if (!Fields.isName(name) || ecosystem.isEmpty() || ecosystem.length() > 100) {
            throw new FeedException(
                    "%s affects package '%s' of ecosystem '%s'".formatted(id, name, ecosystem));
        }
        String urgency = Fields.text(affected.path("ecosystem_specific"), "urgency");
        OsvAffected of =
                new OsvAffected(
                        id,
                        ecosystem,
                        Releases.ofEcosystem(ecosystem),
                        BINARY.contains(ecosystem.replaceAll(":.*", ""))
                                ? PackageKind.BINARY
                                : PackageKind.SOURCE,
                        name,
                        urgency.length() > 64 ? urgency.substring(0, 64) : urgency,
                        summary);
        int before = records.size();
        for (JsonNode range : affected.path("ranges")) {
            if (!Fields.text(range, "type").equals("GIT")) {
                of.addRange(range.path("events"), records);
            }
        }
        if (records.size() == before) {
            of.addVersions(affected.path("versions"), records);
        }
    }

    private void addRange(JsonNode events, List<FeedRecord> records) throws FeedException {
        String introduced = null;
        for (JsonNode event : events) {
            String starts = Fields.text(event, "introduced");
            String ends = Fields.text(event, "fixed");
            String last = Fields.text(event, "last_affected");
            if (!starts.isEmpty()) {
                if (introduced != null) {
                    records.add(fix(introduced, null, null));
                }
                introduced = version(starts);
            } else if (!ends.isEmpty()) {
                records.add(fix(introduced == null ? "0" : introduced, version(ends), null));
                introduced = null;
            } else if (!last.isEmpty()) {
                records.add(fix(introduced == null ? "0" : introduced, null, version(last)));
                introduced = null;
            }
        }
        if (introduced != null) {
            records.add(fix(introduced, null, null));
        }
    }

    /// Without ranges exactly the versions that are listed are affected.
    private void addVersions(JsonNode versions, List<FeedRecord> records) throws FeedException {
        if (versions.size() > MOST_VERSIONS) {
            throw new FeedException(
                    "%s lists %d versions of %s; at most %d are expected"
                            .formatted(id, versions.size(), name, MOST_VERSIONS));
        }
        for (JsonNode each : versions) {
            String one = version(each.isString() ? each.stringValue() : "");
            records.add(fix(one, null, one));
        }
    }

    private FeedRecord.Fix fix(
            String introduced, @Nullable String fixed, @Nullable String lastAffected) {
        return new FeedRecord.Fix(
                ecosystem,
                release,
                kind,
                name,
                id,
                "",
                fixed == null ? FixState.NOT_FIXED : FixState.FIXED,
                introduced,
                fixed,
                lastAffected,
                urgency,
                "",
                ModuleStreams.of(
                        fixed != null ? fixed : lastAffected != null ? lastAffected : introduced,
                        summary));
    }

    private static String version(String text) throws FeedException {
        if (!Fields.isVersion(text)) {
            throw new FeedException("'%s' is not a version".formatted(text));
        }
        return text;
    }
}
