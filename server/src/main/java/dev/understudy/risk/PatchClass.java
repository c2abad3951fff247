package dev.understudy.risk;

import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PackageChange;
import java.util.List;
import java.util.Set;

/// What a patch disturbs on a host, the most first; read off what is installed, runs and listens
/// there. Where two fit, the first counts.
public enum PatchClass {
    /// It takes a reboot to be in effect: a kernel, the C library, what cannot be restarted.
    KERNEL,
    /// A server that keeps data: its restart interrupts others, and an undo does not undo the data.
    DATA,
    /// It is seen running on the host and has to be restarted.
    SERVICE,
    /// Anything that runs may have it mapped.
    LIBRARY,
    /// Nothing of it is seen running.
    PLAIN;

    /// Servers that keep data, by the names of their packages and processes; those whose data
    /// rehearsals copy (`Database` of the agent), and their packages.
    private static final Set<String> KEEP_DATA =
            Set.of(
                    "postgresql",
                    "postgres",
                    "mysql",
                    "mysqld",
                    "mariadb",
                    "mariadbd",
                    "redis",
                    "redis-server",
                    "valkey",
                    "valkey-server",
                    "mongod",
                    "mongodb-org",
                    "influxdb",
                    "influxd",
                    "etcd",
                    "slapd",
                    "389-ds",
                    "clickhouse",
                    "clickhouse-serv",
                    "couchdb",
                    "neo4j",
                    "elasticsearch",
                    "opensearch");

    /// The class of the patch that makes `changes` to the packages of `source`.
    public static PatchClass of(String source, List<PackageChange> changes, Inventory inventory) {
        if (Effort.needsReboot(changes) || FindReach.KERNEL.matcher(source).matches()) {
            return KERNEL;
        }
        List<PackageChange> programs =
                changes.stream()
                        .filter(change -> !FindReach.LIBRARY.matcher(change.name()).matches())
                        .toList();
        Set<String> names =
                programs.isEmpty()
                        ? Set.of()
                        : FindReach.names(programs.getFirst().name(), programs);
        if (names.stream().anyMatch(KEEP_DATA::contains)) {
            return DATA;
        }
        if (runs(inventory, names)) {
            return SERVICE;
        }
        return programs.size() < changes.size() ? LIBRARY : PLAIN;
    }

    private static boolean runs(Inventory inventory, Set<String> names) {
        return inventory.services().stream()
                        .filter(unit -> unit.active().equals("active"))
                        .anyMatch(unit -> names.contains(FindReach.stem(unit.unit())))
                || inventory.sockets().stream()
                        .anyMatch(
                                socket ->
                                        names.contains(socket.process())
                                                || names.contains(FindReach.stem(socket.unit())));
    }
}
