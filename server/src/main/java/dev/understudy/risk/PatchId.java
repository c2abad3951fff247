package dev.understudy.risk;

import java.util.Optional;

/// What a patch is called: the release it is for, the source package, and the source version it
/// brings. As text `bookworm/openssl/3.0.17-1~deb12u2`.
///
/// @param release the distribution's codename, or `distribution:version` where it has none
public record PatchId(String release, String source, String version)
        implements Comparable<PatchId> {
    private static final String RELEASE = "[a-zA-Z0-9][a-zA-Z0-9:._-]{0,63}";
    private static final String SOURCE = "[a-zA-Z0-9][a-zA-Z0-9+._-]{0,199}";
    private static final String VERSION = "[0-9a-zA-Z][0-9a-zA-Z.+~^_:-]{0,199}";

    public PatchId {
        require(release, RELEASE, "release");
        require(source, SOURCE, "source package");
        require(version, VERSION, "version");
    }

    /// @throws IllegalArgumentException if `text` is not RELEASE/SOURCE/VERSION
    public static PatchId parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException(
                    "'%s' is not a patch; expected RELEASE/SOURCE/VERSION".formatted(text));
        }
        return new PatchId(parts[0], parts[1], parts[2]);
    }

    /// Empty where no patch can be called that.
    public static Optional<PatchId> find(String release, String source, String version) {
        return release.matches(RELEASE) && source.matches(SOURCE) && version.matches(VERSION)
                ? Optional.of(new PatchId(release, source, version))
                : Optional.empty();
    }

    private static void require(String value, String pattern, String name) {
        if (!value.matches(pattern)) {
            throw new IllegalArgumentException(
                    "'%s' is not a %s (expected %s)".formatted(value, name, pattern));
        }
    }

    @Override
    public int compareTo(PatchId other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return release + "/" + source + "/" + version;
    }
}
