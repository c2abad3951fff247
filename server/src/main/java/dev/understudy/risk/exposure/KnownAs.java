package dev.understudy.risk.exposure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What advisories call source packages and their versions, where hosts call them something else:
/// Debian signs its kernels in source packages of their own, of which advisories do not speak, so
/// that `linux-signed-amd64` 6.1.99+1 is `linux` 6.1.99-1.
public final class KnownAs {
    private static final Pattern SIGNED_VERSION = Pattern.compile("(.*)\\+([0-9]+)");
    private static final Pattern SIGNED_KERNEL = Pattern.compile("linux-signed-[a-z0-9]+");
    private static final Pattern KERNEL =
            Pattern.compile("(binary:)?(linux|kernel)(-[a-z0-9.-]*)?|linux-signed-[a-z0-9]+");

    private static final String BINARY = "binary:";

    private KnownAs() {}

    public static String source(String source) {
        return SIGNED_KERNEL.matcher(source).matches() ? "linux" : source;
    }

    /// @param source as advisories know it
    public static String version(String source, String version) {
        if (!source.equals("linux") || version.contains("-")) {
            return version;
        }
        Matcher signed = SIGNED_VERSION.matcher(version);
        return signed.matches() ? signed.group(1) + "-" + signed.group(2) : version;
    }

    /// A binary package, told apart from a source package of that name.
    public static String binary(String name) {
        return BINARY + name;
    }

    static boolean isBinary(String name) {
        return name.startsWith(BINARY);
    }

    /// Whether a fix of the source takes a reboot into another kernel.
    static boolean kernel(String source) {
        return KERNEL.matcher(source).matches();
    }

    /// Whether the package database's abbreviation says that files of the package are there.
    public static boolean installed(String status) {
        return status.length() > 1 && status.charAt(1) != 'n' && status.charAt(1) != 'c';
    }
}
