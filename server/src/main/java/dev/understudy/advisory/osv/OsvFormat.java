package dev.understudy.advisory.osv;

import dev.understudy.advisory.AllowanceStream;
import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedFile;
import dev.understudy.advisory.FeedFormat;
import dev.understudy.advisory.FeedHeader;
import dev.understudy.advisory.FeedSink;
import dev.understudy.advisory.Fields;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;

/// Reads an ecosystem's `all.zip`, a directory, lines of records, or one record, plain or gzip. Its
/// date is that of the record modified last.
public final class OsvFormat implements FeedFormat {

    @Override
    public String kind() {
        return "osv";
    }

    @Override
    public FeedHeader read(FeedFile file, FeedSink sink) throws IOException, FeedException {
        Newest newest = new Newest();
        if (file.isCollection()) {
            file.each(
                    name -> name.toLowerCase(Locale.ROOT).endsWith(".json"),
                    (name, in) -> readDocument(name, in, sink, newest));
        } else {
            try (InputStream in = file.open()) {
                readSequence(file.document(in), sink, newest);
            }
        }
        return new FeedHeader(newest.modified, "");
    }

    /// One document of many: one that is damaged does not hide the others.
    private static void readDocument(String name, InputStream in, FeedSink sink, Newest newest)
            throws IOException {
        // The archive's stream has to stay open for its checksum to be compared.
        try (InputStream kept = keptOpen(in)) {
            JsonNode document;
            try {
                document = Fields.document(kept);
            } catch (JacksonException e) {
                if (e.getCause() instanceof IOException broken) {
                    throw broken;
                }
                sink.reject("%s is not JSON: %s".formatted(name, e.getOriginalMessage()));
                return;
            }
            accept(name, document, sink, newest);
        }
    }

    private static void readSequence(AllowanceStream in, FeedSink sink, Newest newest) {
        long number = 0;
        try (JsonParser json = Fields.JSON.createParser(in)) {
            while (json.nextToken() != null) {
                number++;
                accept("record " + number, Fields.JSON.readTree(json), sink, newest);
                in.renew();
            }
        }
    }

    private static void accept(String name, JsonNode document, FeedSink sink, Newest newest) {
        try {
            OsvRecord read = OsvRecord.of(document);
            sink.read(1);
            newest.see(read.modified());
            read.records().forEach(sink::accept);
        } catch (FeedException e) {
            sink.reject("%s: %s".formatted(name, e.getMessage()));
        }
    }

    private static InputStream keptOpen(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public void close() {
                // Whoever opened it closes it.
            }
        };
    }

    private static final class Newest {
        private @Nullable Instant modified;

        void see(Instant time) {
            if (modified == null || time.isAfter(modified)) {
                modified = time;
            }
        }
    }
}
