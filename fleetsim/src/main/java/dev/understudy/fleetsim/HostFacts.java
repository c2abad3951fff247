package dev.understudy.fleetsim;

import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.Digests;
import dev.understudy.protocol.DiskSpace;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Kernel;
import dev.understudy.protocol.ListeningSocket;
import dev.understudy.protocol.ServiceState;
import dev.understudy.protocol.StaleProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// What a fleet's hosts tell beside their packages: which services run and which of them listen,
/// the kernel, the space that is left, what waits for a reboot or a restart, and how old their
/// package lists are. Host number n of a seed is always the same.
public final class HostFacts {
    private static final Capabilities APT =
            new Capabilities("apt", true, "", Capabilities.Mode.MANAGED, List.of());
    private static final long GIB = 1L << 30;

    /// A service that comes with a package, and the port that it opens; 0 where it opens none.
    private record Service(String ofPackage, String unit, String process, int port) {}

    private static final List<Service> SERVICES =
            List.of(
                    new Service("openssh-server", "ssh.service", "sshd", 22),
                    new Service("moby-containerd", "containerd.service", "containerd", 10010),
                    new Service(
                            "node-exporter-kubernetes",
                            "node-exporter.service",
                            "node_exporter",
                            19100),
                    new Service("nfs-common", "rpcbind.service", "rpcbind", 111),
                    new Service("chrony", "chrony.service", "chronyd", 0),
                    new Service("cron", "cron.service", "cron", 0),
                    new Service("dbus", "dbus.service", "dbus-daemon", 0),
                    new Service("rsyslog", "rsyslog.service", "rsyslogd", 0),
                    new Service("systemd", "systemd-journald.service", "systemd-journal", 0),
                    new Service("systemd", "systemd-udevd.service", "systemd-udevd", 0),
                    new Service(
                            "unattended-upgrades",
                            "unattended-upgrades.service",
                            "unattended-upgr",
                            0));

    private final Fleet fleet;
    private final Upgrades upgrades;
    private final long seed;

    public HostFacts(Fleet fleet, Upgrades upgrades, long seed) {
        this.fleet = fleet;
        this.upgrades = upgrades;
        this.seed = seed;
    }

    /// What hosts of one kind have in common: everything that they tell.
    ///
    /// @param role what the host is for, from 0 (the most usual) to 3: which services listen
    /// @param oldKernel whether it runs the kernel before the newest that is installed
    /// @param oldCode whether a service still runs what an upgrade replaced
    /// @param room 0 for plenty of space, 1 for some, 2 for almost none
    /// @param listsAge 0 for package lists of today, 1 of yesterday, 2 of a week ago, 3 for none
    public record Kind(
            int shape, int role, boolean oldKernel, boolean oldCode, int room, int listsAge) {}

    /// Most hosts are like most others: each of what makes a host special is rare.
    public Kind kind(int host, int shape) {
        Random random = new Random(seed * 31 + host);
        random.nextInt(); // The first draws of near seeds are near each other.
        return new Kind(
                shape,
                draw(random, 60, 85, 95),
                random.nextInt(100) < 4,
                random.nextInt(100) < 6,
                draw(random, 95, 99, 100),
                draw(random, 80, 96, 99));
    }

    /// 0, 1, 2 or 3, by the percentages up to which each but the last is drawn.
    private static int draw(Random random, int first, int second, int third) {
        int percent = random.nextInt(100);
        if (percent < first) {
            return 0;
        }
        return percent < second ? 1 : percent < third ? 2 : 3;
    }

    /// @param now the time that the age of lists is counted from
    public Inventory inventory(Kind kind, Instant now) {
        Fleet.Shape shape = fleet.shapes().get(kind.shape());
        List<Service> services = services(shape);
        return new Inventory(
                shape.platform(),
                kernel(kind),
                shape.packages(),
                upgrades.of(kind.shape()),
                services.stream()
                        .map(each -> new ServiceState(each.unit(), "enabled", "active", "running"))
                        .toList(),
                sockets(services, kind.role()),
                List.of(new DiskSpace("/", 64 * GIB, room(kind.room()))),
                kind.oldCode() ? List.of(stale(services.getFirst())) : List.of(),
                kind.oldKernel() ? List.of("a newer kernel is installed") : List.of(),
                APT,
                lists(kind.listsAge(), now),
                Digests.sha256("configuration of role " + kind.role()));
    }

    private static List<Service> services(Fleet.Shape shape) {
        Set<String> installed = new HashSet<>();
        shape.packages().stream().map(InstalledPackage::name).forEach(installed::add);
        List<Service> all =
                new ArrayList<>(
                        SERVICES.stream()
                                .filter(each -> installed.contains(each.ofPackage()))
                                .toList());
        if (all.isEmpty()) {
            all.add(new Service("", "getty@tty1.service", "agetty", 0));
        }
        return all;
    }

    private static Kernel kernel(Kind kind) {
        return new Kernel(
                kind.oldKernel() ? "5.15.0-1041-azure" : "5.15.0-1042-azure",
                List.of("5.15.0-1042-azure", "5.15.0-1041-azure"));
    }

    /// Role 3 listens for itself alone; the others have one service more each that only listens
    /// locally.
    private static List<ListeningSocket> sockets(List<Service> services, int role) {
        List<ListeningSocket> sockets = new ArrayList<>();
        for (Service each : services) {
            if (each.port() > 0) {
                boolean local = role == 3 || sockets.size() < role;
                sockets.add(
                        new ListeningSocket(
                                "tcp",
                                local ? "127.0.0.1" : "0.0.0.0",
                                each.port(),
                                each.process(),
                                each.unit()));
            }
        }
        return sockets;
    }

    private static long room(int room) {
        return switch (room) {
            case 0 -> 40 * GIB;
            case 1 -> 8 * GIB;
            default -> GIB / 4;
        };
    }

    private static StaleProcess stale(Service service) {
        return new StaleProcess(
                service.process(),
                service.unit(),
                List.of("/usr/lib/x86_64-linux-gnu/libcrypto.so.3"));
    }

    private static @org.jspecify.annotations.Nullable Instant lists(int age, Instant now) {
        return switch (age) {
            case 0 -> now.minus(Duration.ofHours(5));
            case 1 -> now.minus(Duration.ofHours(26));
            case 2 -> now.minus(Duration.ofDays(7));
            default -> null;
        };
    }
}
