package dev.understudy.agent;

import dev.understudy.agent.checkpoint.CheckpointException;
import dev.understudy.agent.checkpoint.Checkpoints;
import dev.understudy.agent.exec.Background;
import dev.understudy.agent.orders.Entry;
import dev.understudy.agent.orders.Journal;
import dev.understudy.agent.orders.Judgement;
import dev.understudy.agent.orders.Lease;
import dev.understudy.agent.orders.OrderGate;
import dev.understudy.agent.orders.OrderRunner;
import dev.understudy.agent.orders.Sentences;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.agent.packages.Upgrades;
import dev.understudy.agent.quarantine.Quarantine;
import dev.understudy.agent.rehearsal.StoredRehearsal;
import dev.understudy.protocol.ApplyResult;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Order;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.QuarantinedVersion;
import dev.understudy.protocol.RehearsalResult;
import dev.understudy.protocol.Report;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Orders that a person on the host gives: the same gate, journal and code as for those of the
/// control plane.
final class ByHand implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofHours(2);
    private static final HostId NOT_ENROLLED = new HostId(new UUID(0, 0));

    private final Agent agent;
    private final Journal journal;
    private final PrintStream out;
    private final Background<Boolean> gettingReady;

    /// Begins to get ready for an order beside the caller, who finds out meanwhile what to order.
    ByHand(Agent agent, Journal journal, PrintStream out) {
        this.agent = agent;
        this.journal = journal;
        this.out = out;
        Checkpoints.prepare();
        this.gettingReady = Background.start("get-ready", this::sweep);
    }

    private boolean sweep() throws InterruptedException {
        agent.host.sweep();
        return true;
    }

    /// Carries the order out and gives the exit code.
    int carryOut(OrderBody body) throws InterruptedException {
        agent.quarantine.settle();
        Lease lease = new Lease(agent.clock, System::nanoTime);
        HostId self = journal.host().orElse(NOT_ENROLLED);
        OrderGate gate = new OrderGate(self, Map::of, journal, agent::policy, lease, agent.host);
        Instant now = agent.clock.instant();
        OrderId id = OrderId.random();
        Order order = new Order(id, self, now, now.plus(LIMIT), "hand-" + UUID.randomUUID(), body);
        if (gate.judgeByHand(order) instanceof Judgement.TurnedAway(var refused)) {
            out.println(Sentences.of(refused));
            return Main.REFUSED;
        }
        out.printf("order %s: %s%n", id, Sentences.of(body));
        List<Report> ends = new ArrayList<>();
        journal.watch(entry -> show(entry, id, ends));
        gettingReady.get();
        new OrderRunner(journal, gate, agent.work(), agent.state().bootId()).runAll();
        return ends.isEmpty() ? Main.FAILED : exitCode(ends.getFirst());
    }

    private void show(Entry entry, OrderId id, List<Report> ends) {
        if (entry instanceof Entry.Reported reported && id.equals(reported.order())) {
            out.println(Sentences.of(reported.report()));
            if (reported.report().ends()) {
                ends.add(reported.report());
            }
        }
    }

    private static int exitCode(Report report) {
        return switch (report) {
            case Report.Rehearsed r -> good(r.result().verdict() == RehearsalResult.Verdict.PASSED);
            case Report.Applied a -> good(a.result().outcome() == ApplyResult.Outcome.IN_EFFECT);
            case Report.Restored r -> good(r.result().complete());
            case Report.UnitsRestarted _, Report.Rebooted _, Report.Refreshed _ -> Main.OK;
            case Report.Refused _ -> Main.REFUSED;
            case Report.Failed _, Report.Accepted _, Report.Progress _ -> Main.FAILED;
        };
    }

    private static int good(boolean good) {
        return good ? Main.OK : Main.NOT_GOOD;
    }

    /// What would be installed for these packages (`name` or `name=version`), with all that comes
    /// along; for every security update if none is named.
    Plan plan(List<String> wanted, boolean securityOnly)
            throws PackageManagerException, InterruptedException, UsageException {
        Upgrades upgrades;
        // The rehearsal asks the same, and the package manager takes longer to answer.
        try (Background<Optional<String>> _ =
                Background.start("twin-check", agent.twins::unavailable)) {
            upgrades = agent.packages.upgrades();
        }
        List<PackageChange> changes = new ArrayList<>();
        for (PendingUpgrade upgrade : upgrades.pending()) {
            boolean installable = upgrade.blocked() == PendingUpgrade.Blocked.NONE;
            boolean asked =
                    wanted.isEmpty()
                            ? installable && (upgrade.security() || !securityOnly)
                            : wanted.contains(upgrade.name())
                                    || wanted.contains(
                                            upgrade.name() + "=" + upgrade.candidateVersion());
            Optional<QuarantinedVersion> quarantined =
                    asked ? agent.quarantine.of(upgrade) : Optional.empty();
            quarantined.ifPresent(
                    of ->
                            out.println(
                                    Quarantine.sentence(
                                            upgrade.name() + " " + upgrade.candidateVersion(),
                                            of)));
            // Who names it may see how it fails; a rehearsal harms nobody.
            if (asked && (quarantined.isEmpty() || !wanted.isEmpty())) {
                changes.add(upgrade.change());
            }
        }
        for (String word : wanted) {
            String name = word.replaceFirst("=.*", "");
            if (changes.stream().noneMatch(change -> change.name().equals(name))) {
                throw new UsageException("no such upgrade is pending: " + word);
            }
        }
        if (changes.isEmpty()) {
            throw new UsageException("nothing of that kind is pending");
        }
        Plan chosen = new Plan(changes);
        // All together is whole already; the rehearsal sees whether it is so.
        return chosen.changes().equals(upgrades.together())
                ? chosen
                : new Plan(agent.packages.simulate(chosen));
    }

    /// The apply of what was rehearsed under this id; with a reason, although it was inconclusive.
    OrderBody.Apply apply(
            OrderId rehearsal, Duration soak, boolean reboot, Optional<String> acceptedBecause)
            throws IOException, CheckpointException, UsageException {
        Optional<StoredRehearsal> stored = agent.rehearsals.find(rehearsal);
        Plan plan =
                stored.orElseThrow(() -> new UsageException("there is no rehearsal " + rehearsal))
                        .plan();
        String person = System.getProperty("user.name") + " on the host";
        return new OrderBody.Apply(
                plan,
                rehearsal,
                soak,
                LIMIT,
                reboot ? OrderBody.RebootPolicy.WHEN_NEEDED : OrderBody.RebootPolicy.NEVER,
                acceptedBecause
                        .map(why -> new OrderBody.Acceptance(plan.digest(), person, why))
                        .orElse(null));
    }

    @Override
    public void close() {
        gettingReady.close();
    }
}
