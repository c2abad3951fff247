package dev.understudy.agent.settings;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How this agent runs, from `/etc/understudy/agent.json`.
///
/// @param server the control plane's address; only a default for `enrol`, which remembers the one
///   it enrolled with
/// @param data where the agent keeps its journal, checkpoints, rehearsals and identity
/// @param pollSeconds the longest pause between two check-ins, even if the control plane allows
///   more
/// @param factsMinutes how often everything is looked at again although nothing seems to have
///   changed
/// @param refreshHours how old the package lists may get before the agent fetches them by itself; 0
///   leaves that to the host
public record Settings(
        @Nullable String server,
        @Nullable String data,
        @Nullable Integer pollSeconds,
        @Nullable Integer factsMinutes,
        @Nullable Integer refreshHours) {
    public static final Path DEFAULT_FILE = Path.of("/etc/understudy/agent.json");
    public static final Path DEFAULT_DATA = Path.of("/var/lib/understudy");

    public Settings {
        if (server != null) {
            requireServer(server);
        }
        if (data != null && (!data.startsWith("/") || data.indexOf(0) >= 0)) {
            throw new IllegalArgumentException(
                    "data is '%s'; an absolute path is expected".formatted(data));
        }
        requireRange(pollSeconds, "pollSeconds", 1, 86_400);
        requireRange(factsMinutes, "factsMinutes", 1, 10_080);
        requireRange(refreshHours, "refreshHours", 0, 8_760);
    }

    /// The settings of the file, or the defaults where there is none.
    public static Settings read(Path file) throws SettingsException {
        return OwnersFile.read(file, Settings.class)
                .orElse(new Settings(null, null, null, null, null));
    }

    /// The address as a URI.
    ///
    /// @throws IllegalArgumentException if it is not an https address with a host
    public static URI requireServer(String address) {
        URI uri;
        try {
            uri = URI.create(address);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "server is '%s', which is not an address: %s"
                            .formatted(address, e.getMessage()),
                    e);
        }
        String path = uri.getRawPath();
        if (!"https".equals(uri.getScheme())
                || uri.getHost() == null
                || uri.getRawQuery() != null
                || uri.getRawUserInfo() != null
                || !(path == null || path.isEmpty() || path.equals("/"))) {
            throw new IllegalArgumentException(
                    "server is '%s'; something like https://control.example:8443 is expected"
                            .formatted(address));
        }
        return URI.create("https://" + uri.getRawAuthority());
    }

    public Path dataFolder() {
        return data == null ? DEFAULT_DATA : Path.of(data);
    }

    public Duration longestPause() {
        return Duration.ofSeconds(pollSeconds == null ? 3_600 : pollSeconds);
    }

    public Duration factsEvery() {
        return Duration.ofMinutes(factsMinutes == null ? 30 : factsMinutes);
    }

    /// Zero if the agent leaves the lists alone.
    public Duration refreshAfter() {
        return Duration.ofHours(refreshHours == null ? 24 : refreshHours);
    }

    private static void requireRange(@Nullable Integer value, String name, int least, int most) {
        if (value != null && (value < least || value > most)) {
            throw new IllegalArgumentException(
                    "%s is %d; %d to %d is expected".formatted(name, value, least, most));
        }
    }
}
