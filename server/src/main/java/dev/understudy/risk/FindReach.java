package dev.understudy.risk;

import dev.understudy.fleet.Exposure;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.ListeningSocket;
import dev.understudy.protocol.PackageChange;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Finds how far an attacker gets to the code of a patch, from what runs and listens on the host. A
/// library may be mapped by anything that runs, so it counts as the most reachable process.
final class FindReach {
    private static final Map<Reach.Level, Double> LEVELS =
            Map.of(
                    Reach.Level.INSTALLED, 0.05,
                    Reach.Level.RUNNING, 0.3,
                    Reach.Level.LISTENING_LOCALLY, 0.5,
                    Reach.Level.LISTENING, 1.0);

    /// Package or source names and the processes or units they run as, where those differ.
    private static final Map<String, List<String>> RUNS_AS =
            Map.ofEntries(
                    Map.entry("openssh", List.of("sshd", "ssh")),
                    Map.entry("openssh-server", List.of("sshd", "ssh")),
                    Map.entry("postgresql", List.of("postgres", "postgresql")),
                    Map.entry("bind9", List.of("named")),
                    Map.entry("dbus", List.of("dbus-daemon", "dbus")),
                    Map.entry("mariadb", List.of("mariadbd", "mysqld")),
                    Map.entry("mysql", List.of("mysqld")),
                    Map.entry("redis", List.of("redis-server", "redis")),
                    Map.entry("exim4", List.of("exim4")),
                    Map.entry("chrony", List.of("chronyd")),
                    Map.entry("samba", List.of("smbd", "nmbd")),
                    Map.entry("docker.io", List.of("dockerd", "docker")),
                    Map.entry("nodejs", List.of("node")),
                    Map.entry("rsyslog", List.of("rsyslogd", "rsyslog")));

    /// What other programs load: names of dpkg, rpm and apk.
    static final Pattern LIBRARY =
            Pattern.compile(
                    "lib.*|.*-libs(-.*)?|glibc(-.*)?|musl|zlib.*|nss(-.*)?|python3.*"
                            + "|perl(-base|-interpreter)?|.*-jre(-headless)?"
                            + "|java-.*-openjdk(-headless)?|openssl(-3|-1_1)?");

    static final Pattern KERNEL =
            Pattern.compile("linux(-image.*|-signed.*|-lts|-virt)?|kernel(-(core|default|rt.*))?");
    private static final Pattern PART =
            Pattern.compile("-(server|core|common|bin|daemon|full|light|extras|base|data)$");
    private static final Pattern VERSION = Pattern.compile("-?[0-9][0-9.]*$");
    private static final int LONGEST_COMMAND = 15;

    private final Inventory inventory;
    private final Exposure exposure;

    FindReach(Inventory inventory, Exposure exposure) {
        this.inventory = inventory;
        this.exposure = exposure;
    }

    Reach of(String source, List<PackageChange> changes) {
        if (KERNEL.matcher(source).matches()) {
            return kernel();
        }
        Set<String> names = names(source, changes);
        Optional<ListeningSocket> open = socket(names, socket -> !isLocal(socket));
        if (open.isPresent()) {
            return reach(Reach.Level.LISTENING, true, listens(open.get()));
        }
        if (changes.stream().anyMatch(c -> LIBRARY.matcher(c.name()).matches())) {
            return library(changes);
        }
        Optional<ListeningSocket> local = socket(names, FindReach::isLocal);
        if (local.isPresent()) {
            return reach(Reach.Level.LISTENING_LOCALLY, true, listens(local.get()));
        }
        return inventory.services().stream()
                .filter(unit -> unit.sub().equals("running") && names.contains(stem(unit.unit())))
                .findFirst()
                .map(unit -> reach(Reach.Level.RUNNING, true, unit.unit() + " runs"))
                .orElseGet(
                        () -> reach(Reach.Level.INSTALLED, true, "nothing of it is seen running"));
    }

    private Reach kernel() {
        return inventory.kernel().installed().isEmpty()
                ? reach(
                        Reach.Level.INSTALLED,
                        true,
                        "the host is a container, so its running kernel is another")
                : reach(
                        Reach.Level.RUNNING,
                        true,
                        "kernel %s is running".formatted(inventory.kernel().running()));
    }

    private Reach library(List<PackageChange> changes) {
        String name =
                changes.stream()
                        .map(PackageChange::name)
                        .filter(each -> LIBRARY.matcher(each).matches())
                        .findFirst()
                        .orElseThrow();
        return inventory.sockets().stream()
                .filter(socket -> !isLocal(socket))
                .findFirst()
                .map(
                        socket ->
                                reach(
                                        Reach.Level.LISTENING,
                                        false,
                                        "what uses %s is not known, and %s"
                                                .formatted(name, listens(socket))))
                .orElseGet(
                        () ->
                                reach(
                                        Reach.Level.RUNNING,
                                        false,
                                        "what uses %s is not known, and nothing listens"
                                                .formatted(name)));
    }

    private Reach reach(Reach.Level level, boolean known, String because) {
        double factor = LEVELS.getOrDefault(level, 1.0) * weight(exposure);
        return new Reach(level, known && exposure != Exposure.UNKNOWN, because, factor);
    }

    /// An unknown exposure counts as the internet.
    private static double weight(Exposure exposure) {
        return switch (exposure) {
            case INTERNET, UNKNOWN -> 1;
            case INTERNAL -> 0.5;
            case ISOLATED -> 0.2;
        };
    }

    private Optional<ListeningSocket> socket(Set<String> names, Predicate<ListeningSocket> where) {
        return inventory.sockets().stream()
                .filter(where)
                .filter(s -> names.contains(s.process()) || names.contains(stem(s.unit())))
                .findFirst();
    }

    /// What the packages, and processes and units of them, may be called.
    static Set<String> names(String source, List<PackageChange> changes) {
        Set<String> names = new HashSet<>();
        addNames(source, names);
        changes.forEach(change -> addNames(change.name(), names));
        return names;
    }

    private static void addNames(String name, Set<String> names) {
        String part = PART.matcher(name).replaceFirst("");
        for (String each : List.of(name, part, VERSION.matcher(part).replaceFirst(""))) {
            if (each.length() > 1) {
                names.add(each);
                names.add(each.length() > LONGEST_COMMAND ? each.substring(0, 15) : each);
                names.addAll(RUNS_AS.getOrDefault(each, List.of()));
            }
        }
    }

    /// `nginx` of `nginx.service`, `postgresql` of `postgresql@15-main.service`.
    static String stem(String unit) {
        return unit.replaceFirst("\\.(service|socket)$", "").replaceFirst("@.*", "");
    }

    private static String listens(ListeningSocket socket) {
        String who = socket.process().isEmpty() ? "a process" : socket.process();
        String address =
                socket.address().contains(":") ? "[" + socket.address() + "]" : socket.address();
        return "%s listens on %s:%d%s"
                .formatted(
                        who,
                        address,
                        socket.port(),
                        socket.protocol().equals("udp")
                                ? " (" + socket.protocol().toUpperCase(Locale.ROOT) + ")"
                                : "");
    }

    private static boolean isLocal(ListeningSocket socket) {
        return socket.address().startsWith("127.") || socket.address().equals("::1");
    }
}
