package dev.understudy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/// The read-only layers under all hosts: per suite a base made by debootstrap, per role the
/// difference that its packages make. Both hold the point release only, so that the updates
/// published since then are pending on every host.
///
/// A layer is built in a folder of its own and renamed when complete: one that is there is whole.
final class Layers {
    private static final String RECIPE = "1";
    private static final Duration LIMIT = Duration.ofMinutes(30);
    private static final List<String> BASE_PACKAGES =
            List.of(
                    "systemd-sysv",
                    "dbus",
                    "libpam-systemd",
                    "openssh-server",
                    "iproute2",
                    "ca-certificates",
                    "openssl",
                    "curl",
                    "jq",
                    "sudo",
                    "procps",
                    "less",
                    "cron",
                    "logrotate",
                    "netbase");

    private final Path folder;
    private final Mirror mirror;
    private final String proxy;
    private final String architecture;

    /// A layer that is there.
    ///
    /// @param id differs between two builds of one recipe
    record Layer(Path root, String id) {}

    /// @param proxy where packages are fetched through, http://address:port
    Layers(Path cache, Mirror mirror, String proxy) {
        this.folder = cache.resolve("layers");
        this.mirror = mirror;
        this.proxy = proxy;
        this.architecture = Programs.run("dpkg", "--print-architecture");
    }

    /// The layers of a host, the uppermost first; built where they are missing.
    List<Layer> of(String suite, Role role) {
        if (!suite.matches("[a-z]{3,12}")) {
            throw new LabException("Not the name of a Debian release: " + suite);
        }
        var base = base(suite);
        return role.packages().isEmpty() ? List.of(base) : List.of(role(suite, base, role), base);
    }

    /// Removes what interrupted builds have left.
    void sweep() {
        for (Path building : entries("building-*")) {
            StateFile.read(building.resolve("build.properties"))
                    .flatMap(ProcessId::read)
                    .ifPresent(
                            build -> {
                                build.signal(9);
                                build.ended(Duration.ofSeconds(10));
                            });
            delete(building);
        }
    }

    private Layer base(String suite) {
        String recipe = String.join(" ", RECIPE, suite, architecture, BASE_PACKAGES.toString());
        return layer(
                suite + "-base-" + digest(recipe),
                building -> {
                    var step = new Step(building, "");
                    step.run(
                            """
                            export http_proxy="$PROXY"
                            debootstrap --variant=minbase --arch="$ARCHITECTURE" \
                                --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
                                --include="$PACKAGES" "$SUITE" "$ROOT" "$ARCHIVE"
                            """,
                            Map.of(
                                    "PACKAGES",
                                    String.join(",", BASE_PACKAGES),
                                    "ARCHITECTURE",
                                    architecture,
                                    "SUITE",
                                    suite,
                                    "ARCHIVE",
                                    Mirror.plain(mirror.archive())));
                    StateFile.writeText(
                            building.resolve("root/etc/apt/sources.list"),
                            mirror.sourcesList(suite));
                    step.run(
                            """
                            mount -t proc proc "$ROOT/proc"
                            chroot "$ROOT" apt-get -q -o "Acquire::http::Proxy=$PROXY" update
                            chroot "$ROOT" apt-get clean
                            rm -f "$ROOT"/etc/ssh/ssh_host_*_key* "$ROOT/etc/resolv.conf" \
                                "$ROOT/etc/hostname" "$ROOT/var/log/bootstrap.log" \
                                "$ROOT/var/lib/systemd/random-seed"
                            : > "$ROOT/etc/machine-id"
                            """,
                            Map.of());
                });
    }

    private Layer role(String suite, Layer base, Role role) {
        String recipe = String.join(" ", RECIPE, base.id(), role.packages().toString());
        return layer(
                suite + "-" + role.name() + "-" + digest(recipe),
                building -> {
                    // The release's own suite is preferred, so that no update comes in.
                    var step = new Step(building, base.root().toString());
                    step.run(
                            """
                            mount -t proc proc "$ROOT/proc"
                            printf '#!/bin/sh\\nexit 101\\n' > "$ROOT/usr/sbin/policy-rc.d"
                            chmod 755 "$ROOT/usr/sbin/policy-rc.d"
                            export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
                            chroot "$ROOT" apt-get -q -y --no-install-recommends \
                                -o "Acquire::http::Proxy=$PROXY" -t "$SUITE" install $PACKAGES
                            chroot "$ROOT" apt-get clean
                            rm "$ROOT/usr/sbin/policy-rc.d"
                            """,
                            Map.of("PACKAGES", String.join(" ", role.packages()), "SUITE", suite));
                });
    }

    private interface Recipe {
        void build(Path building) throws IOException;
    }

    private Layer layer(String name, Recipe recipe) {
        Path finished = folder.resolve(name);
        var present = StateFile.read(finished.resolve("layer.properties"));
        if (present.isPresent()) {
            return new Layer(finished.resolve("root"), StateFile.get(present.get(), "id"));
        }
        System.out.println("Building the layer " + name + " (once)");
        String id = UUID.randomUUID().toString();
        Path building = folder.resolve("building-" + name + "-" + id.substring(0, 8));
        try {
            Files.createDirectories(building.resolve("root"));
            recipe.build(building);
            StateFile.write(building.resolve("layer.properties"), Map.of("id", id));
            Files.move(building, finished, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot build the layer " + name, e);
        }
        return new Layer(finished.resolve("root"), id);
    }

    /// One step of a build: a script in namespaces of its own, so that its mounts and processes end
    /// with it, however it ends. It may lie on a layer `below`.
    private final class Step {
        private final Path building;
        private final String below;

        private Step(Path building, String below) {
            this.building = building;
            this.below = below;
        }

        private void run(String script, Map<String, String> variables) throws IOException {
            Path root = building.resolve(below.isEmpty() ? "root" : "merged");
            Path work = building.resolve("work");
            var command = new ArrayList<String>();
            command.addAll(List.of("env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"));
            command.addAll(List.of("HOME=/root", "PROXY=" + proxy, "ROOT=" + root));
            variables.forEach((name, value) -> command.add(name + "=" + value));
            command.addAll(List.of("unshare", "--mount", "--pid", "--fork"));
            command.addAll(List.of("--propagation", "slave"));
            command.addAll(List.of("--kill-child=SIGKILL", "sh", "-euc"));
            if (below.isEmpty()) {
                command.add("mount -t proc proc /proc\n" + script);
            } else {
                Files.createDirectories(root);
                Files.createDirectories(work);
                command.add(
                        """
                        mount -t proc proc /proc
                        mount -t overlay overlay -o "lowerdir=%s,upperdir=%s,workdir=%s" "$ROOT"
                        """
                                        .formatted(below, building.resolve("root"), work)
                                + script);
            }
            Programs.runLogged(
                    LIMIT,
                    command,
                    building.resolve("build.log"),
                    process ->
                            StateFile.write(building.resolve("build.properties"), process.state()));
        }
    }

    private List<Path> entries(String glob) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            var matcher = folder.getFileSystem().getPathMatcher("glob:" + glob);
            return all.filter(path -> matcher.matches(path.getFileName())).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Deletes a folder with everything in it, but never crosses into another file system.
    static void delete(Path folder) {
        Programs.run(
                Duration.ofMinutes(5),
                List.of("rm", "-rf", "--one-file-system", "--", folder.toString()));
    }

    private static String digest(String recipe) {
        try {
            byte[] all =
                    MessageDigest.getInstance("SHA-256")
                            .digest(recipe.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(all, 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
