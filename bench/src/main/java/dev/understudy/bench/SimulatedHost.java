package dev.understudy.bench;

import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.ApplyResult;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.DiskSpace;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Kernel;
import dev.understudy.protocol.KeyNotice;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.Platform;
import dev.understudy.protocol.RehearsalResult;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.RestoreResult;
import dev.understudy.protocol.SignedOrder;
import dev.understudy.protocol.WireException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A host without a machine. It has one package, keeps its events until they are acknowledged,
/// obeys signed orders once each and remembers all it did, so that it can say what the control
/// plane lost, doubled or made up. One thread at a time.
final class SimulatedHost {
    private static final String PACKAGE = "shop";

    private final String id;
    private final AtomicInteger released;
    private final Instant began;
    private final Deque<AgentEvent> pending = new ArrayDeque<>();
    private final List<AgentEvent> said = new ArrayList<>();
    private final Map<OrderId, Order> obeyed = new HashMap<>();
    private final List<String> faults = new ArrayList<>();
    private int version = 1;
    private String quarantine = "";
    private long acknowledged;
    private @Nullable Order running;

    /// @param released the newest version in the repositories
    /// @param began from when its package lists are; those that are old are fetched again before
    ///   anything is planned
    SimulatedHost(String id, AtomicInteger released, Instant began) {
        this.id = id;
        this.released = released;
        this.began = began.truncatedTo(ChronoUnit.SECONDS);
    }

    String id() {
        return id;
    }

    boolean isCurrent() {
        return version == released.get();
    }

    /// Whether nothing is left to be told or done.
    boolean isQuiet() {
        return pending.isEmpty() && running == null;
    }

    /// Everything it ever said, in order.
    List<AgentEvent> said() {
        return List.copyOf(said);
    }

    Map<OrderId, Order> obeyed() {
        return Map.copyOf(obeyed);
    }

    /// What the control plane did that it must not, in sentences.
    List<String> faults() {
        return List.copyOf(faults);
    }

    /// One check-in with all that follows.
    ///
    /// @throws IOException if it was not answered; nothing is forgotten then
    void checkIn(BenchHosts.Link link) throws IOException {
        Order order = running;
        if (order != null) {
            running = null;
            report(order, ended(order.body()));
        }
        Inventory inventory = inventory();
        CheckInAnswer answer =
                BenchHosts.Link.read(
                        link.say(
                                "POST",
                                "check-in",
                                new CheckIn(
                                        BenchHosts.VERSION,
                                        BenchHosts.BOOT,
                                        inventory.digest(),
                                        null,
                                        List.copyOf(pending),
                                        List.of(),
                                        acknowledged,
                                        quarantine)));
        if (answer.quarantine() != null) {
            quarantine = answer.quarantine().digest();
        }
        acknowledge(answer.acknowledged());
        if (answer.inventoryWanted()) {
            link.say("PUT", "inventory", inventory);
        }
        for (SignedOrder signed : answer.orders()) {
            take(signed, answer);
        }
    }

    private void acknowledge(long upTo) {
        if (upTo < acknowledged) {
            faults.add("%s: %d was acknowledged, then %d".formatted(id, acknowledged, upTo));
        }
        if (upTo > said.size()) {
            faults.add("%s: %d of %d events are acknowledged".formatted(id, upTo, said.size()));
        }
        acknowledged = upTo;
        pending.removeIf(event -> event.sequence() <= upTo);
    }

    private void take(SignedOrder signed, CheckInAnswer answer) throws IOException {
        Order order = verified(signed, answer);
        if (obeyed.containsKey(order.id())) {
            return; // Delivered again, since it was not known whether it arrived.
        }
        if (!order.host().toString().equals(id)) {
            faults.add("%s: order %s is for %s".formatted(id, order.id(), order.host()));
            return;
        }
        obeyed.put(order.id(), order);
        if (order.body().changesHost()) {
            Optional<Report.Refusal> refusal = refusal(answer);
            if (refusal.isPresent()) {
                report(order, new Report.Refused(refusal.get(), "not now"));
                return;
            }
        }
        report(order, new Report.Accepted());
        running = order;
    }

    private static Optional<Report.Refusal> refusal(CheckInAnswer answer) {
        if (answer.stop()) {
            return Optional.of(Report.Refusal.STOPPED);
        }
        return Instant.now().isAfter(answer.leaseUntil())
                ? Optional.of(Report.Refusal.NO_LEASE)
                : Optional.empty();
    }

    private static Order verified(SignedOrder signed, CheckInAnswer answer) throws IOException {
        List<KeyNotice> keys = answer.orderKeys() == null ? List.of() : answer.orderKeys();
        for (KeyNotice notice : keys) {
            if (notice.key().keyId().equals(signed.keyId())) {
                try {
                    return signed.verify(key(notice));
                } catch (WireException e) {
                    throw new IOException("an order that was not signed as it says", e);
                }
            }
        }
        throw new IOException("an order signed with a key that was not announced");
    }

    private static PublicKey key(KeyNotice notice) throws IOException {
        try {
            return KeyFactory.getInstance("Ed25519")
                    .generatePublic(
                            new X509EncodedKeySpec(
                                    Base64.getDecoder().decode(notice.key().publicKey())));
        } catch (GeneralSecurityException e) {
            throw new IOException("the key %s cannot be read".formatted(notice.key().keyId()), e);
        }
    }

    private void report(Order order, Report report) {
        AgentEvent event =
                new AgentEvent(
                        said.size() + 1L,
                        Instant.now().truncatedTo(ChronoUnit.MICROS),
                        order.id(),
                        report);
        said.add(event);
        pending.add(event);
    }

    /// What comes of an order. Whatever it is told to install fits what it has, or it was told
    /// twice.
    private Report ended(OrderBody body) {
        return switch (body) {
            case OrderBody.Rehearse rehearse ->
                    new Report.Rehearsed(
                            new RehearsalResult(
                                    RehearsalResult.Verdict.PASSED,
                                    rehearse.plan().digest(),
                                    List.of(),
                                    List.of(),
                                    12,
                                    40,
                                    List.of(),
                                    List.of(),
                                    0,
                                    List.of(),
                                    1 << 20,
                                    List.of()));
            case OrderBody.Apply apply -> apply(apply);
            case OrderBody.Restore restore ->
                    new Report.Restored(
                            new RestoreResult(
                                    true,
                                    restore.checkpoint(),
                                    List.of(),
                                    List.of(),
                                    List.of(),
                                    List.of(),
                                    List.of()));
            case OrderBody.Refresh _ -> new Report.Refreshed(isCurrent() ? 0 : 1);
            case OrderBody.RestartUnits _ -> new Report.UnitsRestarted(List.of());
            case OrderBody.Reboot _ -> new Report.Rebooted("6.1.0-25-amd64");
        };
    }

    private Report apply(OrderBody.Apply apply) {
        for (PackageChange change : apply.plan().changes()) {
            if (!String.valueOf(change.from()).equals(named(version))) {
                faults.add("%s has %s and was told %s".formatted(id, named(version), change));
            }
            String to = String.valueOf(change.to());
            version = Integer.parseInt(to.substring(to.indexOf('.') + 1));
        }
        return new Report.Applied(
                new ApplyResult(
                        ApplyResult.Outcome.IN_EFFECT,
                        apply.plan().digest(),
                        "",
                        List.of(),
                        List.of(),
                        12,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of()));
    }

    private static String named(int version) {
        return "1." + version;
    }

    private Inventory inventory() {
        int newest = released.get();
        return new Inventory(
                new Platform("debian", "12", "bookworm", "Debian GNU/Linux 12", "amd64", "kvm"),
                new Kernel("6.1.0-25-amd64", List.of("6.1.0-25-amd64")),
                List.of(
                        new InstalledPackage(
                                PACKAGE, "amd64", named(version), PACKAGE, named(version), "ii")),
                newest == version ? List.of() : List.of(upgradeTo(newest)),
                List.of(),
                List.of(),
                List.of(new DiskSpace("/", 10L << 30, 5L << 30)),
                List.of(),
                List.of(),
                new Capabilities("apt", true, "", Capabilities.Mode.MANAGED, List.of()),
                began.plusSeconds(newest));
    }

    private PendingUpgrade upgradeTo(int newest) {
        return new PendingUpgrade(
                PACKAGE,
                "amd64",
                named(version),
                named(newest),
                PACKAGE,
                named(newest),
                "Debian",
                "Debian-Security",
                "bookworm-security",
                true,
                PendingUpgrade.Blocked.NONE,
                List.of("CVE-2026-%05d".formatted(10_000 + newest)),
                true,
                1_000_000);
    }
}
