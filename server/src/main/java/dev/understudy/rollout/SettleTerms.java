package dev.understudy.rollout;

import dev.understudy.fleet.Host;
import dev.understudy.governance.Autonomy;
import dev.understudy.governance.Policies;
import dev.understudy.governance.Policy;
import dev.understudy.platform.Problem;
import dev.understudy.risk.PatchId;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Settles by which rules a rollout goes, from its hosts' groups and what is planned for them.
final class SettleTerms {
    private final Policies policies;
    private final GroupAutonomies autonomies;
    private final DecideConsent consent;

    SettleTerms(Policies policies, GroupAutonomies autonomies, DecideConsent consent) {
        this.policies = policies;
        this.autonomies = autonomies;
        this.consent = consent;
    }

    /// What the groups' policies ask for together.
    ///
    /// @throws Problem if there are no hosts, or a group is only observed
    Terms base(String group, List<Host> chosen) {
        if (chosen.isEmpty()) {
            throw Problem.invalid(
                    "no-hosts",
                    group.isEmpty()
                            ? "The rollout names no hosts."
                            : "Group %s has no hosts.".formatted(group));
        }
        return chosen.stream()
                .map(Host::group)
                .distinct()
                .map(each -> terms(policies.forGroup(each)))
                .reduce(Terms::strictest)
                .orElseThrow();
    }

    /// A group that is only observed may have rules that go further; they are looked at when it is
    /// known what is planned.
    private Terms terms(Policy policy) {
        GroupAutonomy own = autonomies.forGroup(policy.group());
        boolean observes = policy.autonomy() == Autonomy.OBSERVE;
        if (observes && own.rules().isEmpty()) {
            throw Problem.conflict(
                    "group-observes",
                    "Group %s is only observed. Give it another autonomy first."
                            .formatted(policy.group()));
        }
        return new Terms(
                policy.autonomy().asks(),
                policy.canaries(),
                policy.percentPerWave(),
                policy.soak(),
                policy.reboot(),
                policy.proof(),
                new Consent(
                        policy.autonomy(),
                        policy.autonomy() == Autonomy.VETO ? own.veto() : Duration.ZERO,
                        List.of()),
                null,
                null,
                policy.trials());
    }

    /// The terms as the rules for what is planned have them.
    ///
    /// @throws Problem if a rule lets one of the patches only be observed
    Terms settled(Terms base, List<Host> chosen, List<Deployment> planned) {
        Consent settled = consent.of(planned, base.consent());
        settled.rulings().stream()
                .filter(ruling -> ruling.autonomy() == Autonomy.OBSERVE)
                .findFirst()
                .ifPresent(
                        ruling -> {
                            throw Problem.conflict(
                                    "group-observes",
                                    "%s. Leave it out, or give it another autonomy first: understudy groups rules"
                                            .formatted(ruling.sentence()));
                        });
        Terms consented = base.consented(settled);
        Terms terms = triage(chosen, settled).map(consented::triaged).orElse(consented);
        return emergencySoak(chosen)
                .filter(soak -> settled.emergency() && soak.compareTo(base.soak()) < 0)
                .map(soak -> terms.hurried(new Emergency(soak, base.soak())))
                .orElse(terms);
    }

    /// Before which patches evidence is secured, by the strictest of the hosts' groups.
    private Optional<TriageFirst> triage(List<Host> chosen, Consent settled) {
        List<GroupAutonomy> groups =
                chosen.stream().map(Host::group).distinct().map(autonomies::forGroup).toList();
        GroupAutonomy.Triage when =
                groups.stream()
                        .map(GroupAutonomy::triage)
                        .max(Comparator.naturalOrder())
                        .orElse(GroupAutonomy.Triage.NEVER);
        List<PatchId> first =
                settled.rulings().stream()
                        .filter(
                                ruling ->
                                        switch (when) {
                                            case NEVER -> false;
                                            case WHERE_ASKED -> ruling.triage();
                                            case EMERGENCIES ->
                                                    ruling.triage() || ruling.emergency();
                                        })
                        .map(Ruling::patch)
                        .toList();
        return first.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new TriageFirst(
                                first, groups.stream().allMatch(GroupAutonomy::triageMayFail)));
    }

    /// The longest of the hosts' groups; empty if one of them has none.
    private Optional<Duration> emergencySoak(List<Host> chosen) {
        List<Optional<Duration>> each =
                chosen.stream()
                        .map(Host::group)
                        .distinct()
                        .map(group -> autonomies.forGroup(group).shorterSoak())
                        .toList();
        return each.stream().allMatch(Optional::isPresent)
                ? each.stream().flatMap(Optional::stream).max(Comparator.naturalOrder())
                : Optional.empty();
    }
}
