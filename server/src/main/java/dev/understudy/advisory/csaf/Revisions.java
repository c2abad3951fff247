package dev.understudy.advisory.csaf;

import dev.understudy.advisory.Fields;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/// Which file has the newest revision of each document, where a collection has several.
final class Revisions {
    private static final Comparator<String> ORDER = Revisions::compare;

    private final Map<String, Newest> newest = new HashMap<>();

    private record Newest(String version, String file) {}

    /// Looks at the head of a document only.
    void see(String file, JsonParser json) {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return;
        }
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String member = json.currentName();
            json.nextToken();
            if (member.equals("document")) {
                JsonNode document = Fields.JSON.readTree(json);
                JsonNode tracking = document.path("tracking");
                see(Fields.text(tracking, "id"), Fields.text(tracking, "version"), file);
                return;
            }
            json.skipChildren();
        }
    }

    private void see(String id, String version, String file) {
        newest.merge(
                id,
                new Newest(version, file),
                (a, b) -> ORDER.compare(a.version(), b.version()) >= 0 ? a : b);
    }

    boolean isNewest(String id, String file) {
        Newest known = newest.get(id);
        return known == null || known.file().equals(file);
    }

    /// Whole numbers, or three of them; what follows a `-` or `+` does not count.
    private static int compare(String a, String b) {
        String[] left = a.replaceAll("[-+].*", "").split("\\.");
        String[] right = b.replaceAll("[-+].*", "").split("\\.");
        for (int i = 0; i < Math.max(left.length, right.length); i++) {
            int difference = Long.compare(number(left, i), number(right, i));
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    private static long number(String[] parts, int at) {
        return at < parts.length && parts[at].matches("[0-9]{1,18}")
                ? Long.parseLong(parts[at])
                : 0;
    }
}
