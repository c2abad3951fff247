package dev.understudy.advisory;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Module streams of rpm distributions: sets of packages of which a host has one version or another
/// (`nodejs:18`, `nodejs:20`). What is fixed in one says nothing of another.
public final class ModuleStreams {
    /// What stands for a stream that the feed does not tell.
    public static final String UNTOLD = "?";

    /// Every build for a module says so in its release, `.module_el8.6.0+3261+490666b3`.
    private static final Pattern BUILT_FOR_ONE = Pattern.compile(".*\\.module[+_].*");

    /// How the Red Hat family names what an advisory is of: `Important: nodejs:18 security update`,
    /// `new module: php:7.4`.
    private static final Pattern TITLE =
            Pattern.compile(
                    "(?:(?:Critical|Important|Moderate|Low|None): )?(?:new module: )?"
                            + "([A-Za-z0-9._+-]+:[A-Za-z0-9._+-]+)(?:/\\S+)?(?: .*)?");

    private static final Pattern STREAM =
            Pattern.compile("([A-Za-z0-9._+-]+:[A-Za-z0-9._+-]+)(:.*)?");

    private ModuleStreams() {}

    /// Whether the version is of a build for a module.
    static boolean builtForOne(String version) {
        return BUILT_FOR_ONE.matcher(version).matches();
    }

    /// The stream that a package of this version is of, by what the feed says beside it.
    ///
    /// @param told a stream, also with version and context behind it, or a title that names one
    /// @return empty where the build is for none
    public static String of(String version, String told) {
        Matcher stream = STREAM.matcher(told);
        if (stream.matches()) {
            return stream.group(1);
        }
        if (!builtForOne(version)) {
            return "";
        }
        Matcher title = TITLE.matcher(told);
        return title.matches() ? title.group(1) : UNTOLD;
    }
}
