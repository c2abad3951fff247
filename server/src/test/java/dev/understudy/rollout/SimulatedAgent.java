package dev.understudy.rollout;

import dev.understudy.fleet.HostIdentity;
import dev.understudy.fleet.TestFleet;
import dev.understudy.protocol.AgentEvent;
import dev.understudy.protocol.ApplyResult;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.CheckIn;
import dev.understudy.protocol.CheckInAnswer;
import dev.understudy.protocol.CheckResult;
import dev.understudy.protocol.Clue;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.Kernel;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderBody.Acceptance;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.Platform;
import dev.understudy.protocol.QuarantineNotice;
import dev.understudy.protocol.QuarantinedVersion;
import dev.understudy.protocol.RehearsalResult;
import dev.understudy.protocol.Report;
import dev.understudy.protocol.RestoreResult;
import dev.understudy.protocol.ServiceState;
import dev.understudy.protocol.SignedOrder;
import dev.understudy.protocol.Triage;
import dev.understudy.protocol.TriageOutcome;
import dev.understudy.protocol.Wire;
import dev.understudy.protocol.WireException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A host that behaves: it carries out each order once, keeps its events until they are
/// acknowledged, and sends its inventory when asked. What its packages do is up to the test.
final class SimulatedAgent {
    final HostId host;
    private QuarantineNotice quarantine = QuarantineNotice.of(List.of());
    private final HostIdentity identity;
    private final Map<String, String> installed = new TreeMap<>();
    private final Map<String, String> candidates = new TreeMap<>();
    private final Map<String, String> unheard = new TreeMap<>();
    private final Set<OrderId> done = new HashSet<>();
    private final List<AgentEvent> events = new ArrayList<>();
    private final Map<String, Map<String, String>> checkpoints = new TreeMap<>();
    private final Set<OrderId> passed = new HashSet<>();
    private final Set<OrderId> inconclusive = new HashSet<>();

    /// The last acceptance that came with an order.
    @Nullable Acceptance accepted;

    /// The evidence that the last order asked for.
    @Nullable Triage triage;

    /// Whether it knows of evidence.
    boolean knowsTriage = true;

    /// When its package lists were fetched.
    private Instant lists = Instant.parse("2026-11-23T11:00:00Z");

    private long sequence;
    private int boots = 1;
    private List<String> rebootReasons = List.of();
    private boolean forgot;

    /// How often packages of the host were changed.
    int changes;

    boolean online = true;

    /// Digest of its configuration; null if it cannot tell.
    @Nullable String configuration;

    /// How often its twin was used.
    int rehearsals;

    /// Takes orders up, and then is not heard of any more.
    boolean vanishesWhenPatched;

    /// Whether it takes up orders to fetch its package lists.
    boolean fetches = true;

    /// Whether fetching its package lists fails.
    boolean mirrorDown;

    boolean hasTwin = true;

    /// Whether its owner lets it be patched without a passed rehearsal.
    boolean allowsUnrehearsed = true;

    /// What it finds when a patch fails on it.
    List<Clue> clues = List.of();

    /// What its checks find when a patch fails on it.
    List<CheckResult> checks = List.of();

    final Set<String> failInTwin = new TreeSet<>();
    final Set<String> failOnHost = new TreeSet<>();
    final Set<String> failServiceLater = new TreeSet<>();
    final Set<String> needReboot = new TreeSet<>();
    List<PackageChange> alsoNeeded = List.of();

    /// What the changelogs of its pending packages name.
    List<String> cves = List.of();

    boolean serviceFailed;

    SimulatedAgent(TestFleet fleet, String name, String group, String... packages) {
        for (String each : packages) {
            installed.put(each, "1");
            candidates.put(each, "2");
        }
        host = fleet.enrol(name, group);
        identity = fleet.identity(host);
    }

    /// Nothing newer than what is installed is to be had.
    void settle(String name) {
        candidates.put(name, String.valueOf(installed.get(name)));
    }

    /// What it was told of the quarantine.
    List<QuarantinedVersion> quarantined() {
        return quarantine.versions();
    }

    /// Its package sources have a newer version, of which it hears when it fetches its lists.
    void publishUnheard(String name, String version) {
        unheard.put(name, version);
    }

    /// It fetches its lists at that time.
    void fetchLists(Instant at) {
        candidates.putAll(unheard);
        unheard.clear();
        lists = at;
    }

    /// Its package sources have a newer version.
    void publish(String name, String version) {
        candidates.put(name, version);
    }

    Map<String, String> installed() {
        return Map.copyOf(installed);
    }

    /// Its owner's limits for checkpoints were reached.
    void forgetCheckpoints() {
        checkpoints.clear();
        forgot = true;
    }

    /// Talks to the control plane once.
    void tick(TestFleet fleet) {
        if (!online) {
            return;
        }
        Inventory inventory = inventory();
        CheckInAnswer answer =
                fleet.checkIns.checkIn(
                        identity,
                        new CheckIn(
                                "1.0",
                                "boot-" + boots,
                                inventory.digest(),
                                null,
                                List.copyOf(events),
                                List.of(),
                                null,
                                quarantine.digest()));
        if (answer.quarantine() != null) {
            quarantine = answer.quarantine();
        }
        events.removeIf(event -> event.sequence() <= answer.acknowledged());
        if (answer.inventoryWanted()) {
            fleet.inventoryIntake.take(identity, inventory.digest(), inventory);
        }
        for (SignedOrder signed : answer.orders()) {
            Order order = open(signed);
            if (!fetches && order.body() instanceof OrderBody.Refresh) {
                continue;
            }
            if (done.add(order.id())) {
                say(order.id(), new Report.Accepted());
                carryOut(order);
            }
        }
    }

    private static Order open(SignedOrder signed) {
        try {
            return Wire.decode(Base64.getDecoder().decode(signed.payload()), Order.class);
        } catch (WireException e) {
            throw new IllegalStateException(e);
        }
    }

    private void say(OrderId order, Report report) {
        sequence++;
        events.add(new AgentEvent(sequence, Samples.NOW, order, report));
    }

    private void carryOut(Order order) {
        OrderId id = order.id();
        switch (order.body()) {
            case OrderBody.Refresh _ -> {
                if (mirrorDown) {
                    say(id, new Report.Failed("The package lists cannot be fetched."));
                } else {
                    fetchLists(order.issuedAt());
                    say(id, new Report.Refreshed(pending().size()));
                }
            }
            case OrderBody.Rehearse(Plan plan, _, _) ->
                    say(id, new Report.Rehearsed(rehearse(id, plan)));
            case OrderBody.Apply apply -> {
                if (vanishesWhenPatched) {
                    online = false;
                }
                accepted = apply.acceptedWithoutRehearsal();
                triage = apply.triage();
                say(id, judge(id, apply));
            }
            case OrderBody.Restore(String checkpoint) ->
                    say(
                            id,
                            forgot
                                    ? new Report.Refused(
                                            Report.Refusal.UNKNOWN_CHECKPOINT,
                                            "there is no checkpoint " + checkpoint)
                                    : new Report.Restored(restore(checkpoint)));
            case OrderBody.Reboot _ -> {
                boots++;
                rebootReasons = List.of();
                say(id, new Report.Rebooted("6.1"));
            }
            case OrderBody.RestartUnits _ -> say(id, new Report.UnitsRestarted(List.of()));
        }
    }

    private Report judge(OrderId id, OrderBody.Apply apply) {
        boolean unrehearsed =
                apply.acceptedWithoutRehearsal() != null
                        && inconclusive.contains(apply.rehearsal());
        if (unrehearsed && !allowsUnrehearsed) {
            return new Report.Refused(
                    Report.Refusal.LOCAL_POLICY,
                    "the local policy refuses what no rehearsal passed (allowUnrehearsed)");
        }
        return unrehearsed || passed.contains(apply.rehearsal())
                ? new Report.Applied(apply(id, apply.plan()))
                : new Report.Refused(Report.Refusal.NOT_REHEARSED, "no such rehearsal");
    }

    private RehearsalResult rehearse(OrderId id, Plan plan) {
        rehearsals++;
        List<PackageChange> extra =
                alsoNeeded.stream().filter(change -> !plan.changes().contains(change)).toList();
        List<String> bad =
                plan.changes().stream()
                        .map(PackageChange::name)
                        .filter(failInTwin::contains)
                        .toList();
        if (!hasTwin) {
            inconclusive.add(id);
            return Samples.rehearsed(
                    RehearsalResult.Verdict.INCONCLUSIVE,
                    plan,
                    "This host has no twin.",
                    List.of());
        }
        if (!extra.isEmpty()) {
            return Samples.rehearsed(
                    RehearsalResult.Verdict.INCONCLUSIVE, plan, "More is needed.", extra);
        }
        if (!bad.isEmpty()) {
            return Samples.rehearsed(
                    RehearsalResult.Verdict.FAILED, plan, "A service failed.", List.of());
        }
        passed.add(id);
        return Samples.rehearsed(RehearsalResult.Verdict.PASSED, plan, "", List.of());
    }

    private ApplyResult apply(OrderId id, Plan plan) {
        changes++;
        String checkpoint = "cp-" + id;
        checkpoints.put(checkpoint, Map.copyOf(installed));
        for (PackageChange change : plan.changes()) {
            if (failOnHost.contains(change.name())) {
                installed.clear();
                installed.putAll(checkpoints.getOrDefault(checkpoint, Map.of()));
                return applied(ApplyResult.Outcome.RESTORED, plan, checkpoint, "It answers 500.");
            }
            installed.put(change.name(), String.valueOf(change.to()));
            if (failServiceLater.contains(change.name())) {
                serviceFailed = true;
            }
            if (needReboot.contains(change.name())) {
                rebootReasons = List.of("The kernel is new.");
            }
        }
        return rebootReasons.isEmpty()
                ? applied(ApplyResult.Outcome.IN_EFFECT, plan, checkpoint, "")
                : applied(
                        ApplyResult.Outcome.NOT_IN_EFFECT, plan, checkpoint, "A reboot is needed.");
    }

    private ApplyResult applied(
            ApplyResult.Outcome outcome, Plan plan, String checkpoint, String reason) {
        return new ApplyResult(
                outcome,
                plan.digest(),
                checkpoint,
                reason.isEmpty() ? List.of() : List.of(reason),
                outcome == ApplyResult.Outcome.RESTORED ? checks : List.of(),
                5,
                List.of(),
                rebootReasons,
                List.of(),
                outcome == ApplyResult.Outcome.RESTORED ? clues : List.of(),
                triage == null || !knowsTriage
                        ? null
                        : new TriageOutcome.Kept("/t.zip", "a".repeat(64), 4096, List.of()));
    }

    private RestoreResult restore(String checkpoint) {
        changes++;
        Map<String, String> before = checkpoints.get(checkpoint);
        if (before != null) {
            installed.clear();
            installed.putAll(before);
            serviceFailed = false;
        }
        return new RestoreResult(
                before != null,
                checkpoint,
                before == null ? List.of("There is no such checkpoint.") : List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    private List<PendingUpgrade> pending() {
        return candidates.entrySet().stream()
                .filter(
                        candidate ->
                                !candidate.getValue().equals(installed.get(candidate.getKey())))
                .map(
                        candidate ->
                                new PendingUpgrade(
                                        candidate.getKey(),
                                        "amd64",
                                        String.valueOf(installed.get(candidate.getKey())),
                                        candidate.getValue(),
                                        candidate.getKey(),
                                        candidate.getValue(),
                                        "Debian",
                                        "Debian-Security",
                                        "bookworm-security",
                                        true,
                                        PendingUpgrade.Blocked.NONE,
                                        cves,
                                        true,
                                        1000))
                .toList();
    }

    private Inventory inventory() {
        return new Inventory(
                new Platform("debian", "12", "bookworm", "Debian GNU/Linux 12", "amd64", "kvm"),
                new Kernel("6.1.0-25-amd64", List.of("6.1.0-25-amd64")),
                installed.entrySet().stream()
                        .map(
                                p ->
                                        new InstalledPackage(
                                                p.getKey(),
                                                "amd64",
                                                p.getValue(),
                                                p.getKey(),
                                                p.getValue(),
                                                "ii"))
                        .toList(),
                pending(),
                List.of(
                        new ServiceState(
                                "web.service",
                                "enabled",
                                serviceFailed ? "failed" : "active",
                                serviceFailed ? "failed" : "running")),
                List.of(),
                List.of(),
                List.of(),
                rebootReasons,
                new Capabilities("apt", hasTwin, "", Capabilities.Mode.MANAGED, List.of()),
                lists,
                configuration);
    }
}
