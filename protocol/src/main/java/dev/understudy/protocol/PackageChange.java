package dev.understudy.protocol;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// One package of a plan, by exact versions: `from` is null for a new package, `to` is null for a
/// removal. Names and versions are those of the package manager and are checked here, since they
/// end up as arguments of commands that run as root.
public record PackageChange(
        String name, String architecture, @Nullable String from, @Nullable String to)
        implements Comparable<PackageChange> {
    /// Debian policy 5.6.1 and rpm names; never starts with a dash.
    private static final String NAME = "[a-zA-Z0-9][a-zA-Z0-9+._-]{0,199}";

    /// Debian policy 5.6.12, plus rpm's `^` and `_`.
    private static final String VERSION = "[0-9a-zA-Z][0-9a-zA-Z.+~^_:-]{0,199}";

    private static final Comparator<PackageChange> ORDER =
            Comparator.comparing(PackageChange::name).thenComparing(PackageChange::architecture);

    public PackageChange {
        requireName(name);
        Require.matching(architecture, "architecture of " + name, "[a-z0-9_-]{1,32}");
        if (from == null && to == null) {
            throw new IllegalArgumentException("the change of " + name + " changes nothing");
        }
        if (from != null) {
            requireVersion(from, name);
        }
        if (to != null) {
            requireVersion(to, name);
        }
    }

    static void requireName(@Nullable String name) {
        Require.matching(name, "package name", NAME);
    }

    static void requireVersion(@Nullable String version, String of) {
        Require.matching(version, "version of " + of, VERSION);
    }

    @Override
    public int compareTo(PackageChange other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return "%s:%s %s → %s"
                .formatted(
                        name,
                        architecture,
                        from == null ? "(absent)" : from,
                        to == null ? "(removed)" : to);
    }
}
