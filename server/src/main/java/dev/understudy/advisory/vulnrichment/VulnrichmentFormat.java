package dev.understudy.advisory.vulnrichment;

import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedFile;
import dev.understudy.advisory.FeedFormat;
import dev.understudy.advisory.FeedHeader;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.FeedSink;
import dev.understudy.advisory.Fields;
import dev.understudy.advisory.Ternary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Reads a zip or a directory of `CVE-….json`, or one of them. A record without the CISA ADP
/// container says nothing to us and is passed over.
public final class VulnrichmentFormat implements FeedFormat {

    @Override
    public String kind() {
        return "vulnrichment";
    }

    @Override
    public FeedHeader read(FeedFile file, FeedSink sink) throws IOException, FeedException {
        Newest newest = new Newest();
        file.each(
                name -> name.startsWith("CVE-") && name.endsWith(".json"),
                (name, in) -> readRecord(name, file.document(in), sink, newest));
        return new FeedHeader(newest.updated, "");
    }

    private static void readRecord(String name, InputStream in, FeedSink sink, Newest newest)
            throws IOException {
        JsonNode document;
        try {
            document = Fields.document(new ByteArrayInputStream(in.readAllBytes()));
        } catch (JacksonException e) {
            sink.reject("%s is not JSON: %s".formatted(name, e.getOriginalMessage()));
            return;
        }
        try {
            if (!Fields.text(document, "dataType").equals("CVE_RECORD")) {
                throw new FeedException("not a CVE record");
            }
            String cve = Fields.cve(document.path("cveMetadata"), "cveId");
            sink.read(1);
            for (JsonNode container : document.path("containers").path("adp")) {
                if (isCisa(container)) {
                    newest.see(Fields.instant(container.path("providerMetadata"), "dateUpdated"));
                    readMetrics(cve, container.path("metrics"), sink);
                }
            }
            readSeverities(cve, document.path("containers").path("cna").path("metrics"), sink);
        } catch (FeedException e) {
            sink.reject("%s: %s".formatted(name, e.getMessage()));
        }
    }

    private static boolean isCisa(JsonNode container) {
        return Fields.text(container.path("providerMetadata"), "shortName").equals("CISA-ADP");
    }

    private static void readMetrics(String cve, JsonNode metrics, FeedSink sink)
            throws FeedException {
        for (JsonNode metric : metrics) {
            JsonNode other = metric.path("other");
            switch (Fields.text(other, "type")) {
                case "ssvc" -> sink.accept(ssvc(cve, other.path("content")));
                case "kev" ->
                        sink.accept(
                                new FeedRecord.Exploited(
                                        cve,
                                        Fields.date(other.path("content"), "dateAdded"),
                                        null,
                                        Ternary.UNKNOWN,
                                        ""));
                default -> {
                    // Metrics that are not needed.
                }
            }
        }
        readSeverities(cve, metrics, sink);
    }

    private static FeedRecord.Ssvc ssvc(String cve, JsonNode content) throws FeedException {
        String exploitation = "";
        Ternary automatable = Ternary.UNKNOWN;
        Ternary totalImpact = Ternary.UNKNOWN;
        for (JsonNode option : content.path("options")) {
            for (Map.Entry<String, JsonNode> point : option.properties()) {
                String value = point.getValue().isString() ? point.getValue().stringValue() : "";
                switch (point.getKey()) {
                    case "Exploitation" -> exploitation = value.matches("[a-z]{1,16}") ? value : "";
                    case "Automatable" -> automatable = ternary(value, "yes", "no");
                    case "Technical Impact" -> totalImpact = ternary(value, "total", "partial");
                    default -> {
                        // Decision points that the tables do not use.
                    }
                }
            }
        }
        return new FeedRecord.Ssvc(
                cve, exploitation, automatable, totalImpact, Fields.instant(content, "timestamp"));
    }

    private static Ternary ternary(String value, String yes, String no) {
        return value.equals(yes) ? Ternary.YES : value.equals(no) ? Ternary.NO : Ternary.UNKNOWN;
    }

    private static void readSeverities(String cve, JsonNode metrics, FeedSink sink) {
        for (JsonNode metric : metrics) {
            for (String version : new String[] {"cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0"}) {
                JsonNode cvss = metric.path(version);
                String vector = Fields.text(cvss, "vectorString");
                JsonNode score = cvss.path("baseScore");
                if (!vector.isEmpty() && vector.length() < 200 && score.isNumber()) {
                    double base = score.doubleValue();
                    sink.accept(
                            new FeedRecord.Severity(
                                    cve,
                                    "CVSS_V" + version.charAt(5),
                                    vector,
                                    base >= 0 && base <= 10 ? base : null));
                }
            }
        }
    }

    private static final class Newest {
        private @Nullable Instant updated;

        void see(@Nullable Instant time) {
            if (time != null && (updated == null || time.isAfter(updated))) {
                updated = time;
            }
        }
    }
}
