package dev.understudy.advisory.openvex;

import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedFile;
import dev.understudy.advisory.FeedFormat;
import dev.understudy.advisory.FeedHeader;
import dev.understudy.advisory.FeedSink;
import dev.understudy.advisory.Fields;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Reads a zip or a directory of OpenVEX documents, or one of them.
public final class OpenvexFormat implements FeedFormat {

    @Override
    public String kind() {
        return "openvex";
    }

    @Override
    public FeedHeader read(FeedFile file, FeedSink sink) throws IOException, FeedException {
        Newest newest = new Newest();
        file.each(
                name -> name.endsWith(".json"),
                (name, in) -> readDocument(name, file.document(in), sink, newest));
        return new FeedHeader(newest.issued, "");
    }

    private static void readDocument(String name, InputStream in, FeedSink sink, Newest newest)
            throws IOException {
        byte[] content = in.readAllBytes();
        try {
            OpenvexDocument document =
                    OpenvexDocument.of(Fields.document(new ByteArrayInputStream(content)));
            sink.read(1);
            newest.see(document.issued());
            document.records().forEach(sink::accept);
        } catch (JacksonException e) {
            sink.reject("%s is not JSON: %s".formatted(name, e.getOriginalMessage()));
        } catch (FeedException e) {
            sink.reject("%s: %s".formatted(name, e.getMessage()));
        }
    }

    private static final class Newest {
        private @Nullable Instant issued;

        void see(Instant time) {
            if (issued == null || time.isAfter(issued)) {
                issued = time;
            }
        }
    }
}
