package dev.understudy.agent.facts;

import java.util.HashMap;
import java.util.Map;

/// os-release(5): shell-like assignments, of which only literal values exist.
final class OsRelease {
    private OsRelease() {}

    static Map<String, String> parse(String text) {
        Map<String, String> values = new HashMap<>();
        for (String line : text.lines().map(String::strip).toList()) {
            int equals = line.indexOf('=');
            if (equals > 0 && !line.startsWith("#")) {
                values.put(line.substring(0, equals), unquote(line.substring(equals + 1)));
            }
        }
        return values;
    }

    private static String unquote(String value) {
        String inner = value;
        boolean quoted = value.length() >= 2 && (surrounded(value, "\"") || surrounded(value, "'"));
        if (quoted) {
            inner = value.substring(1, value.length() - 1);
        }
        return inner.replaceAll("\\\\(.)", "$1");
    }

    private static boolean surrounded(String value, String quote) {
        return value.startsWith(quote) && value.endsWith(quote);
    }
}
