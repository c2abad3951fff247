package dev.understudy.fleet;

import java.util.regex.Pattern;

/// A group of hosts, with what holds for its hosts unless a host says otherwise.
public record Group(
        String name, Environment environment, Criticality criticality, Exposure exposure) {
    /// The group of hosts that nobody put into another one; it always exists.
    public static final String DEFAULT = "unassigned";

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    public Group {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "'%s' cannot name a group. Use lower-case letters, digits, '.', '_' and '-'."
                            .formatted(name));
        }
    }

    /// Whether a group may have this name.
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /// A group of this name with the settings that are the safest to assume.
    public static Group named(String name) {
        return new Group(name, Environment.PROD, Criticality.MEDIUM, Exposure.UNKNOWN);
    }
}
