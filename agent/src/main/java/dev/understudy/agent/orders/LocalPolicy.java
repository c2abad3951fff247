package dev.understudy.agent.orders;

import dev.understudy.agent.settings.OwnersFile;
import dev.understudy.agent.settings.SettingsException;
import dev.understudy.protocol.Capabilities.Mode;
import dev.understudy.protocol.OrderBody;
import dev.understudy.protocol.Plan;
import dev.understudy.protocol.Triage;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the host's owner lets the agent do, whatever the control plane says. Read again for every
/// decision, so that a change counts at once. A policy that cannot be understood lets nothing
/// change.
///
/// @param allowUnrehearsed whether a person may accept, order by order, an apply whose rehearsal
///   was inconclusive
/// @param refuseTriage whether no evidence of the host's state may be secured before a change
/// @param refuseQuarantine whether people on the host may install what the control plane has in
///   quarantine
/// @param faults why the file cannot be used; empty when it can
public record LocalPolicy(
        Mode mode,
        List<String> refusedPackages,
        boolean refuseReboot,
        boolean allowUnrehearsed,
        boolean refuseTriage,
        boolean refuseQuarantine,
        List<ChangeWindow> windows,
        Keep keep,
        List<String> faults) {
    public static final Path DEFAULT_FILE = Path.of("/etc/understudy/policy.json");

    /// How many checkpoints to keep, for how long, and how many bytes of them.
    public record Keep(int checkpoints, int days, long bytes) {
        static final Keep USUAL = new Keep(5, 30, 4L << 30);
    }

    public LocalPolicy {
        refusedPackages = List.copyOf(refusedPackages);
        windows = List.copyOf(windows);
        faults = List.copyOf(faults);
    }

    /// One that lets evidence be secured and the quarantine hold.
    public LocalPolicy(
            Mode mode,
            List<String> refusedPackages,
            boolean refuseReboot,
            boolean allowUnrehearsed,
            List<ChangeWindow> windows,
            Keep keep,
            List<String> faults) {
        this(
                mode,
                refusedPackages,
                refuseReboot,
                allowUnrehearsed,
                false,
                false,
                windows,
                keep,
                faults);
    }

    /// The policy in the file. A host without one is only observed.
    public static LocalPolicy read(Path file) {
        try {
            return OwnersFile.read(file, PolicyFile.class)
                    .map(PolicyFile::policy)
                    .orElse(observing());
        } catch (SettingsException e) {
            return observing(List.of(String.valueOf(e.getMessage())));
        }
    }

    /// Nothing on the host may be changed.
    public static LocalPolicy observing() {
        return observing(List.of());
    }

    private static LocalPolicy observing(List<String> faults) {
        return new LocalPolicy(
                Mode.OBSERVE, List.of(), true, false, true, false, List.of(), Keep.USUAL, faults);
    }

    /// This policy, but never more than observing.
    public LocalPolicy observed() {
        return new LocalPolicy(
                Mode.OBSERVE,
                refusedPackages,
                refuseReboot,
                false,
                refuseTriage,
                refuseQuarantine,
                windows,
                keep,
                faults);
    }

    /// Whether nobody on the host may install what is in quarantine.
    public boolean holdsQuarantine() {
        return mode == Mode.MANAGED && !refuseQuarantine;
    }

    /// Why this policy refuses what is asked, at this local time; empty if it does not. Undoing is
    /// never refused for the time of day or for a package.
    public Optional<String> refusal(OrderBody body, ZonedDateTime localTime) {
        if (!body.changesHost()) {
            return Optional.empty();
        }
        if (!faults.isEmpty()) {
            return Optional.of("the local policy cannot be used: " + faults.getFirst());
        }
        return switch (body) {
            case OrderBody.Apply apply ->
                    unrehearsed(apply)
                            .or(() -> triage(apply))
                            .or(() -> refusedPackage(apply.plan()))
                            .or(() -> outsideWindows(localTime));
            case OrderBody.Reboot _ ->
                    refuseReboot
                            ? Optional.of("the local policy refuses reboots (refuseReboot)")
                            : outsideWindows(localTime);
            case OrderBody.RestartUnits _ -> outsideWindows(localTime);
            case OrderBody.Restore _, OrderBody.Refresh _, OrderBody.Rehearse _ -> Optional.empty();
        };
    }

    private Optional<String> unrehearsed(OrderBody.Apply apply) {
        return apply.acceptedWithoutRehearsal() == null || allowUnrehearsed
                ? Optional.empty()
                : Optional.of(
                        "the local policy refuses what no rehearsal passed, whoever accepts it"
                                + " (allowUnrehearsed)");
    }

    private Optional<String> triage(OrderBody.Apply apply) {
        Triage wanted = apply.triage();
        return wanted == null || wanted.mayFail() || !refuseTriage
                ? Optional.empty()
                : Optional.of(
                        "the local policy refuses that evidence is secured (refuseTriage), and the"
                                + " order asks for it before any change");
    }

    private Optional<String> refusedPackage(Plan plan) {
        return plan.changes().stream()
                .flatMap(
                        change ->
                                refusedPackages.stream()
                                        .filter(glob -> Glob.matches(glob, change.name()))
                                        .map(
                                                glob ->
                                                        "the local policy refuses %s (%s)"
                                                                .formatted(change.name(), glob)))
                .findFirst();
    }

    private Optional<String> outsideWindows(ZonedDateTime localTime) {
        return windows.isEmpty() || windows.stream().anyMatch(w -> w.holds(localTime))
                ? Optional.empty()
                : Optional.of(
                        "%s is outside the local policy's windows: %s"
                                .formatted(localTime.toLocalDateTime().withNano(0), windows));
    }

    /// What it refuses, in words, for people.
    public List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        faults.forEach(fault -> sentences.add("everything: " + fault));
        refusedPackages.forEach(glob -> sentences.add("packages " + glob));
        if (mode == Mode.MANAGED && refuseReboot) {
            sentences.add("reboots");
        }
        if (mode == Mode.MANAGED && refuseTriage) {
            sentences.add("evidence before a change");
        }
        if (mode == Mode.MANAGED && refuseQuarantine) {
            sentences.add("to keep quarantined versions from people on the host");
        }
        if (!windows.isEmpty()) {
            sentences.add("changes outside " + windows);
        }
        return sentences;
    }
}
