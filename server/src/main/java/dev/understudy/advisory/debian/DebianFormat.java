package dev.understudy.advisory.debian;

import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedFile;
import dev.understudy.advisory.FeedFormat;
import dev.understudy.advisory.FeedHeader;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.FeedRecord.FixState;
import dev.understudy.advisory.FeedSink;
import dev.understudy.advisory.Fields;
import dev.understudy.advisory.PackageKind;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/// Reads `source → vulnerability → releases → status` of the Debian security tracker. The export
/// has no date of its own. A fixed version of `0` means that the release never was affected.
public final class DebianFormat implements FeedFormat {

    @Override
    public String kind() {
        return "debian";
    }

    /// The export is made anew several times a day.
    @Override
    public Duration staleAfter() {
        return Duration.ofDays(4);
    }

    @Override
    public FeedHeader read(FeedFile file, FeedSink sink) throws IOException, FeedException {
        try (InputStream in = file.open();
                JsonParser json = Fields.JSON.createParser(in)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new FeedException("the export is not a JSON object of source packages");
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String source = json.currentName();
                if (!Fields.isName(source) || json.nextToken() != JsonToken.START_OBJECT) {
                    throw new FeedException(
                            "'%s' is not a source package with its vulnerabilities"
                                    .formatted(source));
                }
                readSource(json, source, sink);
            }
            if (json.nextToken() != null) {
                throw new FeedException("the export goes on after its end");
            }
            return new FeedHeader(null, "");
        }
    }

    private static void readSource(JsonParser json, String source, FeedSink sink)
            throws FeedException {
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String id = json.currentName();
            json.nextToken();
            JsonNode entry = Fields.JSON.readTree(json);
            JsonNode releases = entry.path("releases");
            if (!Fields.isId(id) || !entry.isObject() || isNeither(releases)) {
                sink.reject("%s of %s has no releases".formatted(id, source));
                continue;
            }
            sink.read(1);
            sink.accept(
                    FeedRecord.Advisory.of(
                            id,
                            Fields.isCve(id) ? List.of(id) : List.of(),
                            Fields.text(entry, "description")));
            if (releases.isObject()) {
                for (Map.Entry<String, JsonNode> release : releases.properties()) {
                    readRelease(source, id, release.getKey(), release.getValue(), sink);
                }
            }
        }
    }

    /// A vulnerability without releases has an empty list in place of an object.
    private static boolean isNeither(JsonNode releases) {
        return !releases.isObject() && !(releases.isArray() && releases.isEmpty());
    }

    private static void readRelease(
            String source, String id, String release, JsonNode entry, FeedSink sink) {
        String status = Fields.text(entry, "status");
        String fixed = Fields.text(entry, "fixed_version");
        String urgency = Fields.text(entry, "urgency").replace("*", "");
        boolean resolved = status.equals("resolved");
        if (!release.matches("[a-z]{2,32}")
                || (!resolved && !status.equals("open") && !status.equals("undetermined"))
                || (resolved && !Fields.isVersion(fixed))
                || urgency.length() > 64) {
            sink.reject(
                    "%s of %s in %s has status '%s' and fixed version '%s'"
                            .formatted(id, source, release, status, fixed));
            return;
        }
        FixState state =
                !resolved
                        ? (status.equals("open")
                                ? FixState.NOT_FIXED
                                : FixState.UNDER_INVESTIGATION)
                        : fixed.equals("0") ? FixState.NOT_AFFECTED : FixState.FIXED;
        sink.accept(
                new FeedRecord.Fix(
                        "Debian",
                        release,
                        PackageKind.SOURCE,
                        source,
                        id,
                        "",
                        state,
                        "0",
                        state == FixState.FIXED ? fixed : null,
                        null,
                        urgency,
                        status.equals("undetermined") ? status : ""));
    }
}
