package dev.understudy.advisory.taxii;

import dev.understudy.advisory.AllowanceStream;
import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedFile;
import dev.understudy.advisory.FeedFormat;
import dev.understudy.advisory.FeedHeader;
import dev.understudy.advisory.FeedSink;
import dev.understudy.advisory.Fields;
import java.io.IOException;
import java.io.InputStream;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.JsonNode;

/// Reads lines of STIX 2.1 objects, or a bundle. Sightings of a vulnerability, or of an indicator
/// of one, and malware, actors and the like that exploit or target one, say that it is exploited;
/// an indicator of one says how to see it; a course of action says what to do against it.
public final class TaxiiFormat implements FeedFormat {

    @Override
    public String kind() {
        return "taxii";
    }

    @Override
    public FeedHeader read(FeedFile file, FeedSink sink) throws IOException, FeedException {
        StixObjects objects = new StixObjects();
        try (InputStream in = file.open();
                AllowanceStream bounded = file.document(in);
                JsonParser json = Fields.JSON.createParser(bounded)) {
            while (json.nextToken() != null) {
                JsonNode read = Fields.JSON.readTree(json);
                if (Fields.text(read, "type").equals("bundle")) {
                    for (JsonNode object : read.path("objects")) {
                        add(object, objects, sink);
                    }
                } else {
                    add(read, objects, sink);
                }
                bounded.renew();
            }
        }
        objects.tell(sink);
        return new FeedHeader(objects.newest(), "");
    }

    private static void add(JsonNode object, StixObjects objects, FeedSink sink) {
        try {
            objects.add(object);
            sink.read(1);
        } catch (FeedException e) {
            sink.reject(String.valueOf(e.getMessage()));
        }
    }
}
