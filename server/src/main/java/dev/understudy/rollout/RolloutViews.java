package dev.understudy.rollout;

import dev.understudy.fleet.Host;
import dev.understudy.fleet.Hosts;
import dev.understudy.fleet.Maintenance;
import dev.understudy.fleet.MaintenanceCalendar;
import dev.understudy.fleet.Standing;
import dev.understudy.fleet.Wait;
import dev.understudy.fleet.WorkGate;
import dev.understudy.governance.FleetStop;
import dev.understudy.platform.Database;
import dev.understudy.platform.Problem;
import dev.understudy.protocol.HostId;
import dev.understudy.risk.PatchId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/// Rollouts as people look at them.
public final class RolloutViews {
    private final HowItWent figures;
    private final Rollouts rollouts;
    private final Deployments deployments;
    private final Investigations investigations;
    private final Hosts hosts;
    private final Maintenance maintenance;
    private final WorkGate work;
    private final Diary diary;
    private final Certificates certificates;
    private final ConsentViews consents;
    private final FleetStop stop;
    private final InstantSource clock;

    public RolloutViews(
            Database database,
            Rollouts rollouts,
            Deployments deployments,
            Investigations investigations,
            Hosts hosts,
            Maintenance maintenance,
            WorkGate work,
            Diary diary,
            Certificates certificates,
            ConsentViews consents,
            FleetStop stop,
            InstantSource clock) {
        this.figures = new HowItWent(database, clock);
        this.rollouts = rollouts;
        this.deployments = deployments;
        this.investigations = investigations;
        this.hosts = hosts;
        this.maintenance = maintenance;
        this.work = work;
        this.diary = diary;
        this.certificates = certificates;
        this.consents = consents;
        this.stop = stop;
        this.clock = clock;
    }

    /// A rollout in a list; `hosts` counts them by state.
    ///
    /// @param promise what its certificate says, or why it has none; empty for a rollout from
    ///   before there were certificates
    public record Summary(
            RolloutId id,
            String title,
            String group,
            String startedBy,
            boolean automatic,
            Instant startedAt,
            Instant since,
            String state,
            String sentence,
            boolean open,
            String promise,
            Map<String, Integer> hosts) {}

    /// A rollout with all its hosts.
    ///
    /// @param planHash what an approval is bound to; empty unless one can be given now
    /// @param wave the wave that is under way; 0 if none is
    /// @param certificate empty for a rollout from before there were certificates
    /// @param stop who stopped the whole fleet, and so this rollout too; empty if nobody did
    public record Whole(
            Summary summary,
            Terms terms,
            Selection selection,
            String planHash,
            int wave,
            int waves,
            List<Member> members,
            List<Search> searches,
            Numbers numbers,
            Optional<CertificateView> certificate,
            ConsentViews.View consent,
            Optional<FleetStop.Stop> stop) {}

    /// One host; `checkpoint` is what a rollback would restore, empty if there is none.
    ///
    /// @param progress the step that the host last told of, while it is at work
    /// @param planDigest what accepting an inconclusive rehearsal is bound to; empty without a plan
    /// @param choices what waits for a person's decision; empty if nothing does
    public record Member(
            HostId host,
            String name,
            int wave,
            String state,
            String sentence,
            String progress,
            Instant since,
            int attempts,
            List<PatchId> patches,
            String planDigest,
            String checkpoint,
            List<Choice> choices) {}

    /// What a person can decide about a host now.
    public enum Choice {
        /// Patch it without a passed rehearsal.
        ACCEPT,
        /// Leave it out.
        SKIP,
        /// Let it rehearse once more.
        RETRY
    }

    /// A search for the patch at fault.
    public record Search(
            HostId host, String name, Instant since, boolean ended, List<PatchId> culprits) {}

    /// How it went.
    ///
    /// @param begun hosts whose patching was begun
    /// @param firstTime hosts that are patched, at the first attempt
    /// @param phases time spent in each state
    public record Numbers(int begun, int firstTime, Map<String, Duration> phases) {}

    public List<Summary> newest(int limit) {
        List<Rollout> newest = rollouts.newest(limit);
        Map<UUID, Map<String, Integer>> tallies =
                figures.tallies(newest.stream().map(rollout -> rollout.id().value()).toList());
        Map<UUID, String> promises =
                certificates.sentences(
                        newest.stream().map(rollout -> rollout.id().value()).toList());
        return newest.stream()
                .map(
                        rollout ->
                                summary(
                                        rollout,
                                        promises.getOrDefault(rollout.id().value(), ""),
                                        tallies.getOrDefault(rollout.id().value(), Map.of())))
                .toList();
    }

    /// @throws Problem if there is no such rollout
    public Whole get(RolloutId id) {
        Rollout rollout = rollouts.get(id);
        List<Deployment> parts = deployments.of(id);
        Map<HostId, String> progress = diary.progress(id);
        MaintenanceCalendar calendar = maintenance.calendar();
        Standing standing =
                work.look(
                        parts.stream()
                                .filter(d -> Turn.of(rollout, d).isPresent())
                                .map(Deployment::host)
                                .toList());
        return new Whole(
                summary(
                        rollout,
                        certificates.find(id).map(Certificate::sentence).orElse(""),
                        Tally.of(parts).hosts()),
                rollout.terms(),
                rollout.selection(),
                planHash(rollout),
                wave(rollout.state()),
                parts.stream().mapToInt(Deployment::wave).max().orElse(0),
                parts.stream()
                        .map(
                                d ->
                                        member(
                                                rollout,
                                                d,
                                                progress.getOrDefault(d.host(), ""),
                                                calendar,
                                                standing))
                        .toList(),
                investigations.of(id).stream().map(this::search).toList(),
                figures.of(rollout, parts),
                certificates
                        .find(id)
                        .map(
                                certificate ->
                                        CertificateView.of(certificate, certificates.entries(id))),
                consents.of(rollout),
                stop.current());
    }

    /// What an approval is bound to; empty unless one can be given now.
    ///
    /// @throws Problem if there is no such rollout
    public String planHash(RolloutId id) {
        return planHash(rollouts.get(id));
    }

    private static String planHash(Rollout rollout) {
        return Objects.requireNonNullElse(RolloutLifecycle.approvable(rollout.state()), "");
    }

    /// The certificate of a rollout.
    ///
    /// @throws Problem if there is no such rollout, or it is from before there were certificates
    public CertificateView.Whole certificate(RolloutId id, int after, int limit) {
        Rollout rollout = rollouts.get(id);
        Certificate certificate =
                certificates
                        .find(id)
                        .orElseThrow(
                                () ->
                                        Problem.notFound(
                                                "certificate-not-found",
                                                "The rollout %s is from before there were certificates."
                                                        .formatted(rollout.id().brief())));
        return CertificateView.Whole.of(
                certificate, certificates.entries(id), certificates.lines(id, after, limit));
    }

    private static Summary summary(Rollout rollout, String promise, Map<String, Integer> hosts) {
        return new Summary(
                rollout.id(),
                rollout.title(),
                rollout.group(),
                rollout.by(),
                rollout.automatic(),
                rollout.startedAt(),
                rollout.since(),
                MoveRollout.name(rollout.state()),
                MoveRollout.sentence(rollout.state()),
                rollout.open(),
                promise,
                hosts);
    }

    static int wave(Rollout.State state) {
        return switch (state) {
            case Rollout.State.Running(int wave) -> wave;
            case Rollout.State.Soaking(int wave, _) -> wave;
            case Rollout.State.Held(int wave, _, _) -> wave;
            case Rollout.State.Paused(Rollout.State before, _, _) -> wave(before);
            case Rollout.State.Rehearsing _, Rollout.State.AwaitingApproval _ -> 0;
            case Rollout.State.Announced _, Rollout.State.Objected _ -> 0;
            case Rollout.State.Halted _, Rollout.State.RollingBack _ -> 0;
            case Rollout.State.RolledBack _, Rollout.State.Completed _ -> 0;
        };
    }

    private Member member(
            Rollout rollout,
            Deployment d,
            String progress,
            MaintenanceCalendar calendar,
            Standing standing) {
        HostPlan plan = d.plan();
        Host host = hosts.get(d.host());
        return new Member(
                d.host(),
                host.name(),
                d.wave(),
                MoveDeployment.name(d),
                waitsForWindow(rollout, d)
                        .flatMap(
                                now ->
                                        calendar.opening(host.group(), now)
                                                .forbids(host.group(), now))
                        .or(
                                () ->
                                        Turn.of(rollout, d)
                                                .flatMap(begin -> standing.waits(d.host(), begin))
                                                .map(Wait::sentence))
                        .orElseGet(() -> MoveDeployment.sentence(d.state())),
                d.order().isPresent() && d.open() ? progress : "",
                d.since(),
                d.attempts(),
                plan == null ? List.of() : plan.patches(),
                plan == null ? "" : plan.plan().digest(),
                DeploymentLifecycle.checkpoint(d),
                choices(rollout, d));
    }

    /// The present, if only its window can keep the host from being patched.
    private Optional<Instant> waitsForWindow(Rollout rollout, Deployment d) {
        boolean turn =
                d.state() instanceof Deployment.State.Rehearsed
                        && rollout.state() instanceof Rollout.State.Running(int wave)
                        && d.wave() == wave;
        return turn ? Optional.of(clock.instant()) : Optional.empty();
    }

    /// Only what the machine cannot decide itself is put to people.
    private static List<Choice> choices(Rollout rollout, Deployment d) {
        boolean going = rollout.open() && !(rollout.state() instanceof Rollout.State.RollingBack);
        boolean takesHosts = going || rollout.state() instanceof Rollout.State.Completed;
        List<Choice> choices = new ArrayList<>();
        if (takesHosts && DeploymentLifecycle.inconclusive(d)) {
            choices.add(Choice.ACCEPT);
        }
        if (takesHosts && DeploymentLifecycle.retriable(d)) {
            choices.add(Choice.RETRY);
        }
        if (going && DeploymentLifecycle.canBeLeftOut(d) && !d.untouched()) {
            choices.add(Choice.SKIP);
        }
        return choices;
    }

    private Search search(Investigation investigation) {
        boolean ended = investigation.state() instanceof Investigation.State.Ended;
        List<PatchId> culprits =
                switch (investigation.state()) {
                    case Investigation.State.Ended(List<PatchId> found, _) -> found;
                    case Investigation.State.FirstHalf(Investigation.Search so, _, _) ->
                            so.culprits();
                    case Investigation.State.SecondHalf(Investigation.Search so, _, _, _) ->
                            so.culprits();
                };
        return new Search(
                investigation.host(),
                hosts.get(investigation.host()).name(),
                investigation.since(),
                ended,
                culprits);
    }
}
