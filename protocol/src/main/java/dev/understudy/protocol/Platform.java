package dev.understudy.protocol;

import java.util.Locale;
import java.util.regex.Pattern;

/// What the host runs: `distribution` and `version` as in os-release (`debian`, `12`), `codename`
/// (`bookworm`), dpkg or rpm `architecture`, and how it is virtualised as systemd-detect-virt says
/// (`none` is metal, `unknown` where nothing could tell).
public record Platform(
        String distribution,
        String version,
        String codename,
        String prettyName,
        String architecture,
        String virtualization) {
    private static final Pattern RELEASE = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9:._-]{0,63}");

    public Platform {
        Require.matching(distribution, "distribution", "[a-z0-9._-]{1,64}");
        Require.length(version, "version", 64);
        Require.length(codename, "codename", 64);
        Require.length(prettyName, "prettyName", 256);
        Require.matching(architecture, "architecture", "[a-z0-9_-]{1,32}");
        Require.text(virtualization, "virtualization", 64);
    }

    /// What patches for this distribution release are called after (`bookworm`, `rocky:9.4`).
    public String release() {
        String release =
                codename.isBlank()
                        ? distribution + ":" + version
                        : codename.toLowerCase(Locale.ROOT);
        return RELEASE.matcher(release).matches() ? release : distribution;
    }
}
