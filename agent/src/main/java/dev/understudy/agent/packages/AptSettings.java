package dev.understudy.agent.packages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How apt is to be used.
///
/// @param ownFolder where the agent keeps package lists and archives of its own, so that nothing on
///   the host changes; null to use the host's
/// @param lockWait how long to wait for another user of the package database before giving up
/// @param quarantine where the agent keeps what it needs to keep quarantined versions away from
///   other users of apt; null where it leaves apt's own files alone
public record AptSettings(@Nullable Path ownFolder, Duration lockWait, @Nullable Path quarantine) {
    /// Hooks of the host that run at an update of the lists: they are for the host's lists.
    private static final String NO_HOOKS =
            """
            #clear APT::Update::Pre-Invoke;
            #clear APT::Update::Post-Invoke;
            #clear APT::Update::Post-Invoke-Success;
            """;

    /// Uses the host's own package lists and archives.
    public static AptSettings ofHost() {
        return new AptSettings(null, Duration.ofMinutes(5), null);
    }

    /// The same, with a folder for what keeps quarantined versions away from other users of apt.
    public AptSettings quarantining(Path folder) {
        return new AptSettings(ownFolder, lockWait, folder.toAbsolutePath());
    }

    /// The same for a twin of the host, where nobody else uses apt.
    public AptSettings inTwin() {
        return new AptSettings(ownFolder, lockWait, null);
    }

    /// Keeps lists and archives in `folder` and leaves the host as it is; works without root. The
    /// host's settings, repositories, keys and package database are still the ones that count.
    public static AptSettings observing(Path folder) {
        return new AptSettings(folder.toAbsolutePath(), Duration.ofMinutes(1), null);
    }

    /// The options that every apt command gets.
    List<String> options() {
        List<String> options = new ArrayList<>();
        Path folder = ownFolder;
        if (folder != null) {
            options.add("-c=" + folder.resolve("apt.conf"));
            options.addAll(option("Dir::State::lists", folder.resolve("lists") + "/"));
            options.addAll(option("Dir::Cache", folder.resolve("cache") + "/"));
            options.addAll(option("Dir::Cache::archives", folder.resolve("archives") + "/"));
            options.addAll(option("APT::Keep-Downloaded-Packages", "true"));
            if (!everyoneMayPass(folder)) {
                options.addAll(option("APT::Sandbox::User", "root"));
            }
        }
        return options;
    }

    /// Makes the agent's own folders where it has some. A new folder starts with a copy of the
    /// host's lists, so that there is something to read before the first refresh.
    void prepare(Path hostLists) throws IOException {
        Path folder = ownFolder;
        if (folder == null) {
            return;
        }
        boolean fresh = !Files.exists(folder.resolve("lists"));
        for (String inner : List.of("lists/partial", "cache", "archives/partial")) {
            Files.createDirectories(folder.resolve(inner));
        }
        Files.writeString(folder.resolve("apt.conf"), NO_HOOKS);
        if (fresh && Files.isDirectory(hostLists)) {
            PackageLists.copy(hostLists, folder.resolve("lists"));
        }
    }

    static List<String> option(String name, String value) {
        return List.of("-o", name + "=" + value);
    }

    /// Whether apt's unprivileged download user can reach the folder.
    private static boolean everyoneMayPass(Path folder) {
        for (Path part = folder; part != null; part = part.getParent()) {
            try {
                if (Files.exists(part)
                        && !Files.getPosixFilePermissions(part)
                                .contains(
                                        java.nio.file.attribute.PosixFilePermission
                                                .OTHERS_EXECUTE)) {
                    return false;
                }
            } catch (IOException _) {
                return false;
            }
        }
        return true;
    }
}
