package dev.understudy.advisory.metasploit;

import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedFile;
import dev.understudy.advisory.FeedFormat;
import dev.understudy.advisory.FeedHeader;
import dev.understudy.advisory.FeedRecord;
import dev.understudy.advisory.FeedSink;
import dev.understudy.advisory.Fields;
import dev.understudy.advisory.Maturity;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/// Reads the modules that refer to a CVE. An exploit module is a weapon; other modules, such as
/// scanners, work on what they were written for. When a module was first seen the list does not
/// say: it is the day on which it first came here, and unknown for those of the first import.
public final class MetasploitFormat implements FeedFormat {

    @Override
    public String kind() {
        return "metasploit";
    }

    /// Modules are hardly ever taken back.
    @Override
    public double lossAllowed() {
        return 0.05;
    }

    @Override
    public FeedHeader read(FeedFile file, FeedSink sink) throws IOException, FeedException {
        Instant newest = null;
        try (InputStream in = file.open();
                JsonParser json = Fields.JSON.createParser(in)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new FeedException("the list of modules is not a JSON object");
            }
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = Fields.clean(json.currentName());
                json.nextToken();
                Instant modified = add(key, Fields.JSON.readTree(json), sink);
                if (modified != null && (newest == null || modified.isAfter(newest))) {
                    newest = modified;
                }
            }
            if (json.nextToken() != null) {
                throw new FeedException("the list of modules goes on after its end");
            }
        }
        return new FeedHeader(newest, "");
    }

    private static @Nullable Instant add(String key, JsonNode module, FeedSink sink) {
        String name = Fields.text(module, "fullname");
        String type = Fields.text(module, "type");
        if (name.isEmpty() || type.isEmpty() || !module.path("references").isArray()) {
            sink.reject("module '%s' has no fullname, type or references".formatted(key));
            return null;
        }
        sink.read(1);
        Maturity maturity = type.equals("exploit") ? Maturity.WEAPONISED : Maturity.FUNCTIONAL;
        for (String reference : Fields.texts(module, "references")) {
            if (Fields.isCve(reference)) {
                sink.accept(new FeedRecord.Exploit(reference, name, maturity, null));
            }
        }
        try {
            String modified = Fields.text(module, "mod_time").replaceFirst(" ", "T");
            return modified.isEmpty() ? null : Fields.instant(modified.replace(" ", ""));
        } catch (FeedException e) {
            sink.reject("module '%s': %s".formatted(key, e.getMessage()));
            return null;
        }
    }
}
