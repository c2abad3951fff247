package dev.understudy.risk;

import dev.understudy.protocol.Capabilities;
import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Inventory;
import dev.understudy.protocol.PackageChange;
import dev.understudy.protocol.PendingUpgrade;
import dev.understudy.protocol.StaleProcess;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Says of everything on a host that is not patched why it is not.
public final class WhyUnpatched {
    private static final Duration METADATA_STALE_AFTER = Duration.ofDays(2);

    private final Patches patches;
    private final List<ReasonSource> sources;
    private final InstantSource clock;

    /// @param sources who may know why a patch is not installed, the most specific first
    public WhyUnpatched(Patches patches, List<ReasonSource> sources, InstantSource clock) {
        this.patches = patches;
        this.sources = List.copyOf(sources);
        this.clock = clock;
    }

    /// The reasons on one host.
    ///
    /// @param packages one for each pending package, in the order of its patch; then one for each
    ///   source package with a known fault and nothing to install
    /// @param host what concerns the host as a whole: fixes that are not in effect, lists that are
    ///   old
    public record Reasons(List<Unpatched> packages, List<Reason> host) {
        public Reasons {
            packages = List.copyOf(packages);
            host = List.copyOf(host);
        }
    }

    public Reasons forHost(HostId host) {
        return patches.facts(host)
                .flatMap(facts -> patches.assessment(host).map(of -> reasons(host, of, facts)))
                .orElse(NOTHING_KNOWN);
    }

    private static final Reasons NOTHING_KNOWN =
            new Reasons(
                    List.of(),
                    List.of(
                            new Reason(
                                    Reason.Code.STALE_METADATA,
                                    "The host has not sent an inventory, so nothing is known of"
                                            + " it.")));

    private Reasons reasons(HostId host, Assessment of, Inventory facts) {
        Map<PatchId, Reason> known = new HashMap<>();
        for (ReasonSource source : sources) {
            source.reasons(host, of.patches()).forEach(known::putIfAbsent);
        }
        return reasons(of, facts, known);
    }

    /// What the sources know of many hosts.
    Map<HostId, Map<PatchId, Reason>> known(Collection<ReasonSource.Asked> hosts) {
        Map<HostId, Map<PatchId, Reason>> known = new HashMap<>();
        for (ReasonSource source : sources) {
            source.reasons(hosts)
                    .forEach(
                            (host, reasons) -> {
                                Map<PatchId, Reason> of =
                                        known.computeIfAbsent(host, _ -> new HashMap<>());
                                reasons.forEach(of::putIfAbsent);
                            });
        }
        return known;
    }

    /// The hosts of which sources may know other reasons than of others like them.
    Set<HostId> apart(Set<PatchId> patches) {
        Set<HostId> apart = new HashSet<>();
        sources.forEach(source -> apart.addAll(source.apart(patches)));
        return apart;
    }

    /// When package lists that are old now were not yet.
    Instant oldBefore() {
        return clock.instant().minus(METADATA_STALE_AFTER);
    }

    /// Whether package lists of then are old.
    ///
    /// @param asOf null where there are none
    boolean old(@Nullable Instant asOf) {
        return asOf == null || asOf.isBefore(oldBefore());
    }

    private Reasons reasons(Assessment of, Inventory facts, Map<PatchId, Reason> known) {
        List<Unpatched> packages = new ArrayList<>(pending(of, facts, known));
        packages.addAll(unfixed(of, facts));
        return new Reasons(packages, ofHost(facts));
    }

    /// One for each pending package, in the order of its patch.
    ///
    /// @param known what the sources know
    static List<Unpatched> pending(Assessment of, Inventory facts, Map<PatchId, Reason> known) {
        Pending pending = new Pending(facts, known);
        List<Unpatched> packages = new ArrayList<>();
        for (HostPatch patch : of.patches()) {
            for (PackageChange change : patch.changes()) {
                packages.add(
                        new Unpatched(
                                change.name(),
                                change.architecture(),
                                Objects.requireNonNull(change.from()),
                                change.to(),
                                patch.id(),
                                patch.cves(),
                                pending.reason(patch, change)));
            }
        }
        return packages;
    }

    /// Why what is pending on a host is not installed.
    static final class Pending {
        private final Inventory facts;
        private final Map<PatchId, Reason> known;
        private final Map<String, PendingUpgrade> blocked = new HashMap<>();

        /// @param known what the sources know
        Pending(Inventory facts, Map<PatchId, Reason> known) {
            this.facts = facts;
            this.known = known;
            for (PendingUpgrade each : facts.pending()) {
                if (each.blocked() != PendingUpgrade.Blocked.NONE) {
                    blocked.put(each.name() + ":" + each.architecture(), each);
                }
            }
        }

        Reason reason(HostPatch patch, PackageChange change) {
            PendingUpgrade itself =
                    blocked.isEmpty()
                            ? null
                            : blocked.get(change.name() + ":" + change.architecture());
            Reason told = known.isEmpty() ? null : known.get(patch.id());
            return WhyUnpatched.reason(facts, patch, itself, told);
        }
    }

    /// The package manager's own reason comes first: nothing can be done before it is gone.
    private static Reason reason(
            Inventory facts,
            HostPatch patch,
            @Nullable PendingUpgrade upgrade,
            @Nullable Reason known) {
        return Optional.ofNullable(upgrade)
                .flatMap(WhyUnpatched::blocked)
                .or(() -> exceptedWhole(patch))
                .or(() -> Optional.ofNullable(known))
                .or(() -> blockedWith(patch))
                .or(() -> ofCapabilities(facts.capabilities()))
                .or(() -> noSpace(facts, patch))
                .or(() -> excepted(patch))
                .orElseGet(
                        () ->
                                new Reason(
                                        Reason.Code.NOT_YET_PLANNED,
                                        "Nothing is in the way; it is in no rollout yet."));
    }

    /// No rollout brings it.
    private static Optional<Reason> exceptedWhole(HostPatch patch) {
        return patch.excepted().isEmpty()
                ? Optional.empty()
                : reason(Reason.Code.EXCEPTED, patch.excepted() + ".");
    }

    private static Optional<Reason> excepted(HostPatch patch) {
        return patch.evidence().stream()
                .map(CveVerdict::excepted)
                .filter(sentence -> !sentence.isEmpty())
                .findFirst()
                .map(sentence -> new Reason(Reason.Code.EXCEPTED, sentence + "."));
    }

    private static Optional<Reason> blocked(PendingUpgrade upgrade) {
        return switch (upgrade.blocked()) {
            case NONE -> Optional.empty();
            case HELD ->
                    reason(Reason.Code.HELD, "Its owner put %s on hold.".formatted(upgrade.name()));
            case PINNED ->
                    reason(
                            Reason.Code.PINNED,
                            "A pin in the host's preferences keeps %s at %s."
                                    .formatted(upgrade.name(), upgrade.installedVersion()));
            case PHASED ->
                    reason(
                            Reason.Code.PHASED,
                            "The distribution has not released %s %s to this host yet."
                                    .formatted(upgrade.name(), upgrade.candidateVersion()));
            case CONFLICT ->
                    reason(
                            Reason.Code.CONFLICT,
                            "%s %s needs another package removed, or something that cannot be had."
                                    .formatted(upgrade.name(), upgrade.candidateVersion()));
        };
    }

    private static Optional<Reason> blockedWith(HostPatch patch) {
        return patch.blocked().stream()
                .findFirst()
                .flatMap(
                        other ->
                                reason(
                                        code(other.why()),
                                        "It belongs to the same patch as %s, which is %s."
                                                .formatted(
                                                        other.packageName(),
                                                        other.why()
                                                                .name()
                                                                .toLowerCase(
                                                                        java.util.Locale.ROOT))));
    }

    private static Reason.Code code(PendingUpgrade.Blocked why) {
        return switch (why) {
            case NONE -> Reason.Code.NOT_YET_PLANNED;
            case HELD -> Reason.Code.HELD;
            case PINNED -> Reason.Code.PINNED;
            case PHASED -> Reason.Code.PHASED;
            case CONFLICT -> Reason.Code.CONFLICT;
        };
    }

    private static Optional<Reason> ofCapabilities(Capabilities capabilities) {
        return capabilities.mode() == Capabilities.Mode.OBSERVE
                ? reason(
                        Reason.Code.OBSERVE_ONLY,
                        "The host is in observe mode: nothing on it is ever changed.")
                : Optional.empty();
    }

    /// Archives are kept in the agent's data folder until they are installed, so they need room
    /// about four times: packed, unpacked, in the twin and in the checkpoint.
    static long room(HostPatch patch) {
        return 4 * patch.downloadBytes();
    }

    private static Optional<Reason> noSpace(Inventory facts, HostPatch patch) {
        return facts.disks().stream()
                .filter(disk -> disk.mount().equals("/"))
                .filter(disk -> disk.freeBytes() < room(patch))
                .findFirst()
                .flatMap(
                        disk ->
                                reason(
                                        Reason.Code.NO_SPACE,
                                        "/ has %d MiB left; about %d MiB are needed."
                                                .formatted(
                                                        disk.freeBytes() >> 20,
                                                        room(patch) >> 20)));
    }

    private static Optional<Reason> reason(Reason.Code code, String sentence) {
        return Optional.of(new Reason(code, sentence));
    }

    /// One for each source package; what the distribution calls unimportant is left out.
    List<Unpatched> unfixed(Assessment of, Inventory facts) {
        Map<String, List<Finding>> bySource = new TreeMap<>();
        of.unfixed().stream()
                .filter(WhyUnpatched::counts)
                .forEach(
                        finding ->
                                bySource.computeIfAbsent(finding.source(), _ -> new ArrayList<>())
                                        .add(finding));
        return bySource.values().stream().flatMap(findings -> unfixed(facts, findings)).toList();
    }

    private Stream<Unpatched> unfixed(Inventory facts, List<Finding> findings) {
        List<Finding> published =
                findings.stream().filter(each -> each.advisory().fixed() != null).toList();
        List<Finding> open =
                findings.stream().filter(each -> each.advisory().fixed() == null).toList();
        List<Unpatched> found = new ArrayList<>();
        if (!published.isEmpty()) {
            found.add(unfixed(published, unfixed(facts, published.getFirst())));
        }
        if (!open.isEmpty()) {
            found.add(unfixed(open, unfixed(facts, open.getFirst())));
        }
        return found.stream();
    }

    /// Whether it is told at all.
    static boolean counts(Finding finding) {
        return !finding.advisory().urgency().equals("unimportant");
    }

    /// Why it is open and nothing that is pending fixes it.
    Reason unfixed(Inventory facts, Finding finding) {
        return finding.advisory().fixed() == null
                ? new Reason(
                        Reason.Code.NO_FIX_YET,
                        "%s has not published a fix for %s."
                                .formatted(facts.platform().prettyName(), finding.source()))
                : notOffered(facts, finding);
    }

    private static Unpatched unfixed(List<Finding> findings, Reason reason) {
        Finding first = findings.getFirst();
        TreeSet<String> cves = new TreeSet<>();
        findings.forEach(each -> cves.addAll(each.advisory().cves()));
        return new Unpatched(
                first.source(), "source", first.installed(), null, null, List.copyOf(cves), reason);
    }

    private Reason notOffered(Inventory facts, Finding published) {
        String fixed = String.valueOf(published.advisory().fixed());
        return staleMetadata(facts)
                .map(
                        stale ->
                                new Reason(
                                        Reason.Code.STALE_METADATA,
                                        "%s fixes it, and the host does not see that version yet. %s"
                                                .formatted(fixed, stale.sentence())))
                .orElseGet(
                        () ->
                                new Reason(
                                        Reason.Code.NOT_OFFERED,
                                        ("%s fixes it, but none of the host's repositories offers"
                                                        + " that version.")
                                                .formatted(fixed)));
    }

    List<Reason> ofHost(Inventory facts) {
        List<Reason> reasons = new ArrayList<>();
        staleMetadata(facts).ifPresent(reasons::add);
        facts.rebootReasons()
                .forEach(
                        why ->
                                reasons.add(
                                        new Reason(
                                                Reason.Code.AWAITING_REBOOT,
                                                "A reboot is needed: %s".formatted(why))));
        for (StaleProcess each : facts.staleProcesses()) {
            reasons.add(
                    new Reason(
                            Reason.Code.AWAITING_RESTART,
                            "%s%s still runs the old %s."
                                    .formatted(
                                            each.command(),
                                            each.unit().isEmpty() ? "" : " (" + each.unit() + ")",
                                            each.files().isEmpty()
                                                    ? "files"
                                                    : each.files().getFirst())));
        }
        return reasons;
    }

    private Optional<Reason> staleMetadata(Inventory facts) {
        Instant asOf = facts.metadataAsOf();
        if (asOf == null) {
            return reason(
                    Reason.Code.STALE_METADATA,
                    "The host has no package lists, so nothing can be said about what is pending.");
        }
        return asOf.isBefore(oldBefore())
                ? reason(
                        Reason.Code.STALE_METADATA,
                        "The host's package lists are of %s; newer updates may be pending."
                                .formatted(Explain.day(asOf)))
                : Optional.empty();
    }
}
