package dev.understudy.protocol;

/// What on the host points from an apply that failed to its cause.
///
/// @param packageName the binary package of the plan that it points at; empty for `HOST`
/// @param detail what was seen, as a sentence
public record Clue(Kind kind, String packageName, String detail) {

    /// How strongly it points, the strongest first.
    public enum Kind {
        /// It was the host's own misfortune (no space, an interruption, something was killed), so
        /// that the failure says nothing of any package.
        HOST,
        /// The package's own installation failed.
        INSTALLATION,
        /// The package owns the unit that failed.
        OWNER,
        /// What failed runs the package's files.
        USED
    }

    public Clue {
        Require.present(kind, "kind");
        Require.length(packageName, "packageName", 200);
        Require.present(detail, "detail");
        detail = detail.length() > 4000 ? detail.substring(0, 4000) : detail;
        if (packageName.isEmpty() != (kind == Kind.HOST)) {
            throw new IllegalArgumentException(
                    "a clue of kind %s names the package '%s'".formatted(kind, packageName));
        }
    }
}
