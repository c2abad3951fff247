package dev.understudy.advisory.kev;

import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedFile;
import dev.understudy.advisory.FeedFormat;
import dev.understudy.advisory.FeedHeader;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.FeedSink;
import dev.understudy.advisory.Fields;
import dev.understudy.advisory.Ternary;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/// Reads `known_exploited_vulnerabilities.json`. The catalogue counts itself, so one that was cut
/// off is noticed; one bad entry refuses it whole, since an entry that is lost is a deadline lost.
public final class KevFormat implements FeedFormat {

    @Override
    public String kind() {
        return "kev";
    }

    /// Entries are hardly ever taken back.
    @Override
    public double lossAllowed() {
        return 0.02;
    }

    @Override
    public Duration staleAfter() {
        return Duration.ofDays(21);
    }

    @Override
    public FeedHeader read(FeedFile file, FeedSink sink) throws IOException, FeedException {
        try (InputStream in = file.open();
                JsonParser json = Fields.JSON.createParser(in)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new FeedException("the catalogue is not a JSON object");
            }
            return new Catalogue(json, sink).read();
        }
    }

    private static final class Catalogue {
        private final JsonParser json;
        private final FeedSink sink;
        private @Nullable Instant released;
        private String version = "";
        private long counted = -1;
        private long entries = -1;

        Catalogue(JsonParser json, FeedSink sink) {
            this.json = json;
            this.sink = sink;
        }

        FeedHeader read() throws FeedException {
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String member = json.currentName();
                json.nextToken();
                if (member.equals("vulnerabilities")) {
                    readEntries();
                } else {
                    readMember(member, Fields.JSON.readTree(json));
                }
            }
            if (json.nextToken() != null) {
                throw new FeedException("the catalogue goes on after its end");
            }
            if (entries < 0 || counted < 0) {
                throw new FeedException(
                        "the catalogue has no 'vulnerabilities' or no 'count': this is not KEV");
            }
            if (entries != counted) {
                throw new FeedException(
                        "the catalogue says it has %d entries, but %d are there"
                                .formatted(counted, entries));
            }
            if (released == null) {
                throw new FeedException("the catalogue does not say when it was released");
            }
            return new FeedHeader(released, version);
        }

        private void readMember(String member, JsonNode value) throws FeedException {
            switch (member) {
                case "count" -> {
                    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
                        throw new FeedException("the catalogue's count is not a number");
                    }
                    counted = value.longValue();
                }
                case "dateReleased" ->
                        released = value.isString() ? Fields.instant(value.stringValue()) : null;
                case "catalogVersion" ->
                        version =
                                value.isString() && value.stringValue().length() < 64
                                        ? Fields.clean(value.stringValue())
                                        : "";
                default -> {
                    // Members that are not needed.
                }
            }
        }

        private void readEntries() throws FeedException {
            if (json.currentToken() != JsonToken.START_ARRAY) {
                throw new FeedException("the catalogue's vulnerabilities are not a list");
            }
            entries = 0;
            while (json.nextToken() != JsonToken.END_ARRAY) {
                sink.accept(entry(Fields.JSON.readTree(json)));
                sink.read(1);
                entries++;
            }
        }

        private static FeedRecord entry(JsonNode entry) throws FeedException {
            return new FeedRecord.Exploited(
                    Fields.cve(entry, "cveID"),
                    Fields.date(entry, "dateAdded"),
                    Fields.dateIfAny(entry, "dueDate"),
                    Fields.text(entry, "knownRansomwareCampaignUse").equals("Known")
                            ? Ternary.YES
                            : Ternary.UNKNOWN,
                    Fields.text(entry, "vulnerabilityName"));
        }
    }
}
