package dev.understudy.fleet;

import dev.understudy.platform.Database;
import dev.understudy.protocol.DiskSpace;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Makeup;
import dev.understudy.protocol.ServiceState;
import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// The newest inventory of each host.
public final class Inventories {
    /// What systemd calls units that are started by themselves.
    private static final Pattern ENABLED = Pattern.compile("enabled.*|generated|indirect|alias");

    private final Database database;
    private final Shapes shapes;

    public Inventories(Database database, Shapes shapes) {
        this.database = database;
        this.shapes = shapes;
    }

    /// The host's newest inventory; empty until it sent its first.
    public Optional<Inventory> latest(HostId host) {
        return kept(host).map(kept -> withPackages(kept.facts(), shapes.packages(kept.shape())));
    }

    /// The newest inventories of many hosts; those that sent none are left out.
    public Map<HostId, Inventory> latest(Collection<HostId> hosts) {
        Map<HostId, Kept> kept = kept(hosts);
        Map<String, List<InstalledPackage>> packages =
                shapes.packages(
                        kept.values().stream().map(Kept::shape).collect(Collectors.toSet()));
        Map<HostId, Inventory> latest = new HashMap<>();
        kept.forEach(
                (host, its) ->
                        latest.put(
                                host,
                                withPackages(
                                        its.facts(),
                                        packages.getOrDefault(its.shape(), List.of()))));
        return latest;
    }

    /// The same without their packages.
    public Map<HostId, Inventory> latestFacts(Collection<HostId> hosts) {
        Map<HostId, Inventory> latest = new HashMap<>();
        kept(hosts).forEach((host, its) -> latest.put(host, its.facts()));
        return latest;
    }

    private Map<HostId, Kept> kept(Collection<HostId> hosts) {
        Map<HostId, Kept> kept = new HashMap<>();
        database.sql(
                        """
                        select host, shape, document
                        from fleet.inventories
                        where host = any (:hosts)
                        """)
                .param("hosts", hosts.stream().map(HostId::value).toArray(UUID[]::new))
                .query(
                        row -> {
                            kept.put(
                                    new HostId(row.getObject("host", UUID.class)),
                                    new Kept(
                                            row.getString("shape"),
                                            unpack(row.getBytes("document"))));
                        });
        return kept;
    }

    /// The same without its packages.
    public Optional<Inventory> latestFacts(HostId host) {
        return kept(host).map(Kept::facts);
    }

    /// The makeup of each of the hosts; those of which it is not known are left out.
    public Map<HostId, String> makeups(Collection<HostId> hosts) {
        return database
                .sql(
                        """
                        select host, makeup
                        from fleet.inventories
                        where host = any (:hosts) and makeup is not null
                        """)
                .param("hosts", hosts.stream().map(HostId::value).toArray(UUID[]::new))
                .query(
                        (row, _) ->
                                Map.entry(
                                        new HostId(row.getObject("host", UUID.class)),
                                        row.getString("makeup")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /// Hosts that are made up in one of these ways.
    public Set<HostId> madeUp(Set<String> makeups) {
        return database
                .sql("select host from fleet.inventories where makeup = any (:makeups)")
                .param("makeups", makeups.toArray(String[]::new))
                .query((row, _) -> new HostId(row.getObject("host", UUID.class)))
                .list()
                .stream()
                .collect(Collectors.toSet());
    }

    void keep(HostId host, String digest, String shape, Inventory inventory, Instant now) {
        database.sql(
                        """
                        insert into fleet.inventories
                            (host, digest, shape, alike, received_at, document, failed_units,
                             lists_of, root_free, awaits_reboot, awaits_restart, makeup,
                             states_of)
                        values (:host, :digest, :shape, :alike, :now, :document, :failed,
                                :lists, :free, :reboot, :restart, :makeup, :digest)
                        on conflict (host) do update
                        set digest      = excluded.digest,
                            shape       = excluded.shape,
                            alike       = excluded.alike,
                            received_at = excluded.received_at,
                            document    = excluded.document,
                            failed_units = excluded.failed_units,
                            lists_of    = excluded.lists_of,
                            root_free   = excluded.root_free,
                            awaits_reboot  = excluded.awaits_reboot,
                            awaits_restart = excluded.awaits_restart,
                            makeup      = excluded.makeup,
                            states_of   = excluded.states_of
                        """)
                .param("host", host.value())
                .param("digest", digest)
                .param("shape", shape)
                .param("alike", AlikeHosts.digest(inventory))
                .param("now", Times.sql(now))
                .param("document", pack(withPackages(inventory, List.of())))
                .param("failed", failedUnits(inventory).toArray(String[]::new))
                .param("lists", listsOf(inventory), Types.TIMESTAMP_WITH_TIMEZONE)
                .param("free", rootFree(inventory), Types.BIGINT)
                .param("reboot", !inventory.rebootReasons().isEmpty())
                .param("restart", !inventory.staleProcesses().isEmpty())
                .param("makeup", Makeup.of(inventory).orElse(null), Types.VARCHAR)
                .update();
    }

    private static @Nullable OffsetDateTime listsOf(Inventory inventory) {
        Instant asOf = inventory.metadataAsOf();
        return asOf == null ? null : Times.sql(asOf);
    }

    /// Of the file system that packages are installed to; null where the host does not tell.
    private static @Nullable Long rootFree(Inventory inventory) {
        return inventory.disks().stream()
                .filter(disk -> disk.mount().equals("/"))
                .map(DiskSpace::freeBytes)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    /// The units that are enabled and have failed, by the document of an inventory.
    static List<String> failedUnits(byte[] document) {
        return failedUnits(unpack(document));
    }

    private static List<String> failedUnits(Inventory inventory) {
        return inventory.services().stream()
                .filter(service -> service.active().equals("failed"))
                .filter(service -> ENABLED.matcher(service.enablement()).matches())
                .map(ServiceState::unit)
                .sorted()
                .toList();
    }

    private Optional<Kept> kept(HostId host) {
        return database.sql("select shape, document from fleet.inventories where host = :host")
                .param("host", host.value())
                .query(
                        (row, _) ->
                                new Kept(row.getString("shape"), unpack(row.getBytes("document"))))
                .optional();
    }

    private static Inventory withPackages(Inventory from, List<InstalledPackage> packages) {
        return new Inventory(
                from.platform(),
                from.kernel(),
                packages,
                from.pending(),
                from.services(),
                from.sockets(),
                from.disks(),
                from.staleProcesses(),
                from.rebootReasons(),
                from.capabilities(),
                from.metadataAsOf(),
                from.configuration());
    }

    private static byte[] pack(Inventory inventory) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(Wire.encode(inventory));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private static Inventory unpack(byte[] document) {
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(document))) {
            return Wire.decode(gzip.readAllBytes(), Inventory.class);
        } catch (IOException | WireException e) {
            throw new IllegalStateException(
                    "the database holds an inventory that cannot be read: " + e.getMessage(), e);
        }
    }

    /// An inventory without its packages, which are those of the shape.
    private record Kept(String shape, Inventory facts) {}
}
