package dev.understudy.agent;

import dev.understudy.agent.apply.CarryOut;
import dev.understudy.agent.apply.Rehearser;
import dev.understudy.agent.apply.TheHost;
import dev.understudy.agent.checkpoint.CheckpointException;
import dev.understudy.agent.checkpoint.Checkpoints;
import dev.understudy.agent.exec.LiveHost;
import dev.understudy.agent.exec.Place;
import dev.understudy.agent.facts.Facts;
import dev.understudy.agent.log.Log;
import dev.understudy.agent.orders.LocalPolicy;
import dev.understudy.agent.packages.Apt;
import dev.understudy.agent.packages.AptSettings;
import dev.understudy.agent.packages.Changelogs;
import dev.understudy.agent.packages.OldArchives;
import dev.understudy.agent.packages.PackageManager;
import dev.understudy.agent.packages.PackageManagerException;
import dev.understudy.agent.quarantine.Quarantine;
import dev.understudy.agent.rehearsal.Rehearsals;
import dev.understudy.agent.rehearsal.StoredRehearsal;
import dev.understudy.agent.settings.Settings;
import dev.understudy.agent.twin.Twins;
import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.Capabilities.Mode;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.OrderId;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.RehearsalResult;
import dev.understudy.protocol.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// The parts of the agent on this host, wired.
final class Agent {
    private static final Duration CHANGELOGS = Duration.ofSeconds(30);

    final Settings settings;
    final Path dataFolder;
    final InstantSource clock = InstantSource.system();
    final Place place = new LiveHost();
    final PackageManager packages;
    final Checkpoints checkpoints;
    final Twins twins;
    final Facts facts;
    final TheHost host;
    final Rehearser rehearsals;
    final Quarantine quarantine;
    final ReentrantLock packageLists = new ReentrantLock();
    private final Path policyFile;
    private final boolean observe;

    Agent(Settings settings, Path dataFolder, Path policyFile, boolean observe) {
        this.settings = settings;
        this.dataFolder = dataFolder.toAbsolutePath();
        this.policyFile = policyFile;
        this.observe = observe;
        Path own = this.dataFolder.resolve("apt");
        boolean leaveAlone = policy().mode() == Mode.OBSERVE;
        Path quarantined = this.dataFolder.resolve("quarantine");
        AptSettings apt =
                (leaveAlone ? AptSettings.observing(own) : AptSettings.ofHost())
                        .quarantining(quarantined);
        Apt manager = new Apt(place, apt);
        packages = manager;
        quarantine = new Quarantine(quarantined, packages, this::policy);
        checkpoints = new Checkpoints(this.dataFolder, clock);
        twins = new Twins(this.dataFolder, place);
        Changelogs changelogs = new Changelogs(place, apt, this.dataFolder.resolve("changelogs"));
        facts = new Facts(place, packages, pending -> withCves(changelogs, pending));
        rehearsals =
                new OnTwins(
                        new Rehearsals(
                                this.dataFolder,
                                place,
                                twins,
                                there -> new Apt(there, apt.inTwin()),
                                leaveAlone ? List.of(own) : List.of(),
                                clock));
        host =
                new TheHost(
                        place,
                        packages,
                        new OldArchives(place, manager),
                        rehearsals,
                        checkpoints,
                        twins,
                        this.dataFolder,
                        this::policy,
                        quarantine);
    }

    /// What the owner allows now.
    LocalPolicy policy() {
        LocalPolicy policy = LocalPolicy.read(policyFile);
        return observe ? policy.observed() : policy;
    }

    CarryOut work() {
        return new CarryOut(host, () -> !policy().refuseReboot(), packageLists);
    }

    /// What this agent can do here. Whether twins can be made is found out by making one, once.
    Capabilities capabilities() throws InterruptedException {
        Optional<String> noTwin = twins.unavailable();
        String reason = noTwin.orElse("");
        LocalPolicy policy = policy();
        List<String> refusals = new ArrayList<>(policy.sentences());
        if (noTwin.isPresent() && policy.mode() == Mode.MANAGED && !policy.allowUnrehearsed()) {
            refusals.add("what no rehearsal passed, and no twin can be made (allowUnrehearsed)");
        }
        return new Capabilities(
                packages.name(),
                noTwin.isEmpty(),
                reason.length() > 1_000 ? reason.substring(0, 1_000) : reason,
                policy.mode(),
                refusals);
    }

    HostState state() {
        return new HostState(
                dataFolder,
                List.of(
                        place.path("/var/lib/dpkg/status"),
                        place.path("/var/lib/apt/extended_states"),
                        place.path("/var/lib/apt/lists"),
                        dataFolder.resolve("apt/lists"),
                        place.path("/etc/apt"),
                        place.path("/etc/apt/sources.list"),
                        place.path("/etc/apt/sources.list.d"),
                        place.path("/etc/apt/preferences.d"),
                        place.path("/run/reboot-required"),
                        policyFile),
                place,
                facts,
                this::capabilities,
                checkpoints,
                quarantine,
                settings.factsEvery(),
                clock,
                Version.NUMBER);
    }

    /// CVEs are good to have; an inventory without them is better than none.
    private static List<PendingUpgrade> withCves(
            Changelogs changelogs, List<PendingUpgrade> pending) throws InterruptedException {
        try {
            return changelogs.read(pending, CHANGELOGS);
        } catch (PackageManagerException e) {
            Log.warn("changelogs could not be read: %s", e.getMessage());
            return pending;
        }
    }

    private record OnTwins(Rehearsals rehearsals) implements Rehearser {
        @Override
        public RehearsalResult rehearse(
                OrderId order, OrderBody.Rehearse body, Consumer<Report.Progress> progress)
                throws InterruptedException {
            return rehearsals.rehearse(order, body, progress);
        }

        @Override
        public Optional<StoredRehearsal> find(OrderId order)
                throws IOException, CheckpointException {
            return rehearsals.find(order);
        }
    }
}
