package dev.understudy.advisory.csaf;

import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedFile;
import dev.understudy.advisory.FeedFormat;
import dev.understudy.advisory.FeedHeader;
import dev.understudy.advisory.FeedSink;
import dev.understudy.advisory.Fields;
import dev.understudy.advisory.Proofs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;

/// Reads a zip or a directory of CSAF documents, or one of them. Where siblings `….sha256`,
/// `….sha512` or `….asc` lie beside a document, it has to agree with them; of several revisions of
/// one document the newest counts.
public final class CsafFormat implements FeedFormat {
    private final Proofs.Keys keys;

    /// @param keys by which a provider signs, by the feed's name
    public CsafFormat(Proofs.Keys keys) {
        this.keys = keys;
    }

    @Override
    public String kind() {
        return "csaf";
    }

    @Override
    public FeedHeader read(FeedFile file, FeedSink sink) throws IOException, FeedException {
        Proofs proofs = Proofs.of(file, keys);
        Revisions revisions = new Revisions();
        if (file.isCollection()) {
            file.each(CsafFormat::isDocument, (name, in) -> look(name, in, revisions));
        }
        Newest newest = new Newest();
        file.each(
                CsafFormat::isDocument,
                (name, in) -> {
                    byte[] content = file.document(in).readAllBytes();
                    proofs.require(name, content);
                    read(name, content, revisions, sink, newest);
                });
        return new FeedHeader(newest.released, "", proofs.note());
    }

    private static boolean isDocument(String name) {
        return name.endsWith(".json") && !name.equals("provider-metadata.json");
    }

    /// What is no JSON is told when it is read whole.
    private static void look(String name, InputStream in, Revisions revisions) throws IOException {
        byte[] content = in.readAllBytes();
        try (JsonParser json = Fields.JSON.createParser(content)) {
            revisions.see(name, json);
        } catch (JacksonException _) {
            return;
        }
    }

    private static void read(
            String name, byte[] content, Revisions revisions, FeedSink sink, Newest newest) {
        JsonNode root;
        try {
            root = Fields.document(new ByteArrayInputStream(content));
        } catch (JacksonException e) {
            sink.reject("%s is not JSON: %s".formatted(name, e.getOriginalMessage()));
            return;
        }
        try {
            CsafDocument document = CsafDocument.of(root);
            sink.read(1);
            newest.see(document.released());
            String id = Fields.text(root.path("document").path("tracking"), "id");
            if (revisions.isNewest(id, name)) {
                document.records().forEach(sink::accept);
            }
        } catch (FeedException e) {
            sink.reject("%s: %s".formatted(name, e.getMessage()));
        }
    }

    private static final class Newest {
        private @Nullable Instant released;

        void see(Instant time) {
            if (released == null || time.isAfter(released)) {
                released = time;
            }
        }
    }
}
