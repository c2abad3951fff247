package dev.understudy.agent.facts;

import dev.understudy.agent.exec.Place;
import dev.understudy.agent.packages.AptQuarantine;
import dev.understudy.agent.system.Proc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// SHA-256 of what configures a host: every path below `/etc` and `/usr/local/etc` with its mode
/// and content. What only names the host, changes by itself, or is meant to differ between equal
/// hosts (keys, certificates, passwords) does not count; the host's own name in a file counts as a
/// placeholder. Equal digests mean equally configured; different ones need not mean that anything
/// of weight differs.
final class ConfigurationDigest {
    private static final List<String> ROOTS = List.of("/etc", "/usr/local/etc");

    /// Identity, and what programs write there by themselves.
    private static final Set<String> PASSED_OVER =
            Set.of(
                    "/etc/.pwd.lock",
                    "/etc/.updated",
                    "/etc/adjtime",
                    "/etc/blkid.tab",
                    "/etc/fake-hwclock.data",
                    "/etc/hostname",
                    "/etc/hosts",
                    "/etc/ld.so.cache",
                    "/etc/machine-id",
                    "/etc/mtab",
                    "/etc/resolv.conf",
                    "/etc/understudy/agent.json");

    /// Folders of copies that `lvm` keeps, and the backups of the user database.
    private static final Pattern COPIES =
            Pattern.compile(
                    "/etc/(lvm/(archive|backup|cache)/.*|(passwd|group|g?shadow|sub[ug]id)-)");

    /// Their presence counts, their content is secret and different everywhere.
    private static final Set<String> BY_NAME = Set.of("/etc/shadow", "/etc/gshadow");

    /// How keys and certificates begin.
    private static final Pattern KEY =
            Pattern.compile("\\A(-----BEGIN |ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)");

    private static final int MOST_FILES = 50_000;
    private static final long LARGEST = 4 << 20;
    private static final int SHORTEST_NAME = 3;

    private final Place place;
    private final int mostFiles;

    ConfigurationDigest(Place place) {
        this(place, MOST_FILES);
    }

    ConfigurationDigest(Place place, int mostFiles) {
        this.place = place;
        this.mostFiles = mostFiles;
    }

    /// Empty, with a sentence in `missing`, where a file cannot be read or there are too many.
    Optional<String> of(List<String> missing) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            Optional<Pattern> own = ownName();
            for (String root : ROOTS) {
                add(digest, root, own);
            }
            return Optional.of(HexFormat.of().formatHex(digest.digest()));
        } catch (IOException | UncheckedIOException e) {
            missing.add("The configuration files cannot be compared with other hosts': " + e);
            return Optional.empty();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Optional<Pattern> ownName() {
        return new Proc(place)
                .read("sys/kernel/hostname")
                .map(name -> name.strip().replaceFirst("\\..*", ""))
                .filter(name -> name.length() >= SHORTEST_NAME)
                .map(name -> Pattern.compile("\\b" + Pattern.quote(name) + "\\b"));
    }

    private void add(MessageDigest digest, String root, Optional<Pattern> own) throws IOException {
        Path folder = place.path(root);
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> below = Files.walk(folder)) {
            paths = below.sorted().limit(mostFiles + 1L).toList();
        }
        if (paths.size() > mostFiles) {
            throw new IOException("there are more than %d below %s".formatted(mostFiles, root));
        }
        for (Path path : paths) {
            String name = root + path.toString().substring(folder.toString().length());
            if (!PASSED_OVER.contains(name)
                    && !AptQuarantine.FILES.contains(name)
                    && !COPIES.matcher(name).matches()) {
                add(digest, name, path, own);
            }
        }
    }

    private static void add(MessageDigest digest, String name, Path path, Optional<Pattern> own)
            throws IOException {
        BasicFileAttributes about =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        String what;
        byte[] content = {};
        if (about.isSymbolicLink()) {
            what = "link to " + Files.readSymbolicLink(path);
        } else if (!about.isRegularFile()) {
            what = (about.isDirectory() ? "folder " : "other ") + mode(path);
        } else if (BY_NAME.contains(name)) {
            what = "secret " + mode(path);
        } else if (about.size() > LARGEST) {
            what = "large %s %d %s".formatted(mode(path), about.size(), about.lastModifiedTime());
        } else {
            content = counted(Files.readAllBytes(path), own);
            what = "file %s %d".formatted(mode(path), content.length);
        }
        digest.update((name + "\0" + what + "\0").getBytes(StandardCharsets.UTF_8));
        digest.update(content);
    }

    /// The content as far as it counts.
    private static byte[] counted(byte[] content, Optional<Pattern> own) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        if (KEY.matcher(text).find()) {
            return new byte[0];
        }
        return own.filter(name -> name.matcher(text).find())
                .map(name -> name.matcher(text).replaceAll("\0host\0"))
                .map(named -> named.getBytes(StandardCharsets.ISO_8859_1))
                .orElse(content);
    }

    private static String mode(Path path) throws IOException {
        Object mode = Files.getAttribute(path, "unix:mode");
        return Integer.toOctalString(((Integer) mode) & 07777);
    }
}
