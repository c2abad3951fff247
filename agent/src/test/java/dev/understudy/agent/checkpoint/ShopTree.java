package dev.understudy.agent.checkpoint;

import dev.understudy.agent.checkpoint.ChangeSet.Change;
import dev.understudy.agent.checkpoint.ChangeSet.Kind;
import dev.understudy.protocol.Digests;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A tree that has everything a package can ship, and what a nasty package makes of it.
final class ShopTree {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    /// `cap_net_bind_service=ep`, as the kernel keeps it.
    private static final byte[] CAPABILITY = {
        1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    };

    /// `user::rw-,user:33:r--,group::r--,mask::r--,other::---`, as the kernel keeps it.
    private static final byte[] ACL = {
        2, 0, 0, 0, 1, 0, 6, 0, -1, -1, -1, -1, 2, 0, 4, 0, 33, 0, 0, 0, 4, 0, 4, 0, -1, -1, -1, -1,
        16, 0, 4, 0, -1, -1, -1, -1, 32, 0, 0, 0, -1, -1, -1, -1
    };

    final Path root;

    ShopTree(Path root) throws IOException {
        this.root = root;
        makeOriginal();
    }

    private void makeOriginal() throws IOException {
        for (String folder :
                List.of("usr/bin", "usr/share/shop", "etc/shop.d", "var/lib/dpkg", "dev")) {
            Files.createDirectories(root.resolve(folder));
        }
        write("usr/bin/shop", "old program", 0755);
        Files.setAttribute(root.resolve("usr/bin/shop"), "unix:gid", 33);
        Libc.setAttribute(root.resolve("usr/bin/shop"), "security.capability", CAPABILITY);
        Files.createLink(root.resolve("usr/bin/shop-alias"), root.resolve("usr/bin/shop"));
        write("etc/shop.conf", "old configuration", 0640);
        Libc.setAttribute(root.resolve("etc/shop.conf"), "system.posix_acl_access", ACL);
        Libc.setAttribute(
                root.resolve("etc/shop.conf"),
                "user.note",
                "kept".getBytes(StandardCharsets.UTF_8));
        write("usr/share/shop/doc.txt", "old document", 0644);
        write("usr/share/shop/Főtanúsítvány.crt", "certificate", 0644);
        Files.createDirectories(root.resolve("usr/share/shop/dropped/deep"));
        write("usr/share/shop/dropped/deep/a", "a", 0600);
        Files.createSymbolicLink(root.resolve("usr/bin/link"), Path.of("shop"));
        Files.createSymbolicLink(root.resolve("etc/shop.d/to-root"), Path.of("/nowhere"));
        Files.createDirectories(root.resolve("usr/share/turns-into-link"));
        write("usr/share/turns-into-link/inside", "inside", 0644);
        Files.createSymbolicLink(root.resolve("usr/share/turns-into-folder"), Path.of("shop"));
        Libc.makeNode(root.resolve("dev/pipe"), 0010600, 0);
        write("var/lib/dpkg/status", "shop 1.0-1", 0644);
        Files.setLastModifiedTime(
                root.resolve("usr/bin/shop"), FileTime.from(NOON.plusNanos(123_456_789)));
    }

    /// What a nasty package would do to the tree; may be done again to a tree half restored.
    void patch() throws IOException {
        Leftovers.deleteTree(root);
        makeOriginal();
        for (String replaced : List.of("usr/bin/shop", "usr/bin/shop-alias")) {
            Files.delete(root.resolve(replaced));
            write(replaced, "new program", 0755);
        }
        write("etc/shop.conf", "new configuration", 0644);
        Libc.removeAttribute(root.resolve("etc/shop.conf"), "user.note");
        Files.delete(root.resolve("usr/share/shop/doc.txt"));
        write("usr/share/shop/Főtanúsítvány.crt", "other", 0644);
        Leftovers.deleteTree(root.resolve("usr/share/shop/dropped"));
        Files.delete(root.resolve("usr/bin/link"));
        Files.createSymbolicLink(root.resolve("usr/bin/link"), Path.of("elsewhere"));
        Files.delete(root.resolve("etc/shop.d/to-root"));
        Leftovers.deleteTree(root.resolve("usr/share/turns-into-link"));
        Files.createSymbolicLink(root.resolve("usr/share/turns-into-link"), Path.of("shop"));
        Files.delete(root.resolve("usr/share/turns-into-folder"));
        Files.createDirectories(root.resolve("usr/share/turns-into-folder"));
        write("usr/share/turns-into-folder/doc.txt", "new", 0644);
        Files.createDirectories(root.resolve("usr/share/shop-new"));
        write("usr/share/shop-new/new.txt", "new", 0644);
        Files.delete(root.resolve("dev/pipe"));
        write("dev/pipe", "a file now", 0644);
        Files.setAttribute(root.resolve("usr/share/shop"), "unix:mode", 0700);
        write("var/lib/dpkg/status", "shop 1.0-2", 0644);
    }

    static String digest(Path file) throws IOException {
        return Digests.sha256(Files.readAllBytes(file));
    }

    static ChangeSet changes() {
        return new ChangeSet(
                List.of(
                        new Change("/usr/bin/shop", Kind.WRITTEN),
                        new Change("/usr/bin/shop-alias", Kind.WRITTEN),
                        new Change("/usr/bin/link", Kind.WRITTEN),
                        new Change("/etc/shop.conf", Kind.WRITTEN),
                        new Change("/etc/shop.d", Kind.ENTERED),
                        new Change("/etc/shop.d/to-root", Kind.REMOVED),
                        new Change("/usr/share/shop", Kind.ENTERED),
                        new Change("/usr/share/shop/doc.txt", Kind.REMOVED),
                        new Change("/usr/share/shop/Főtanúsítvány.crt", Kind.WRITTEN),
                        new Change("/usr/share/shop/dropped", Kind.REMOVED),
                        new Change("/usr/share/turns-into-link", Kind.WRITTEN),
                        new Change("/usr/share/turns-into-folder", Kind.REPLACED),
                        new Change("/usr/share/turns-into-folder/doc.txt", Kind.WRITTEN),
                        new Change("/usr/share/shop-new", Kind.ENTERED),
                        new Change("/usr/share/shop-new/new.txt", Kind.WRITTEN),
                        new Change("/dev/pipe", Kind.WRITTEN),
                        new Change("/var/lib/dpkg/status", Kind.WRITTEN)),
                0);
    }

    private void write(String path, String content, int mode) throws IOException {
        Path file = root.resolve(path);
        Files.writeString(file, content);
        Files.setAttribute(file, "unix:mode", mode);
    }

    /// Everything about every path that a restore must bring back, the locks of dpkg left out.
    Map<String, String> describe() throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.toList()) {
                String name = "/" + root.relativize(path);
                if (name.startsWith("/var/lib/dpkg/lock")) {
                    continue;
                }
                LiveFile live = LiveFile.at(path).orElseThrow();
                String content = live.isRegular() ? Files.readString(path) : live.target();
                Saved.Attributes attributes = live.attributes();
                all.put(
                        name,
                        "%o %o %d:%d %s %s %d"
                                .formatted(
                                        live.type(),
                                        attributes.mode(),
                                        attributes.uid(),
                                        attributes.gid(),
                                        new TreeMap<>(attributes.extended()),
                                        content,
                                        live.isDirectory() ? 0 : live.links()));
            }
        }
        return all;
    }
}
