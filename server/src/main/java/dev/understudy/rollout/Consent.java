package dev.understudy.rollout;

import dev.understudy.governance.Autonomy;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

/// Who lets a rollout start: what its most restricted patch asks for.
///
/// @param veto how long it is announced before it starts; no time but under `VETO`
/// @param rulings one for each patch, the strictest of its hosts; empty for a rollout from before
///   there were rules
public record Consent(Autonomy autonomy, Duration veto, List<Ruling> rulings) {
    public Consent {
        rulings = List.copyOf(rulings);
    }

    static Consent plain(boolean needsApproval) {
        return new Consent(
                needsApproval ? Autonomy.APPROVE : Autonomy.AUTOMATIC, Duration.ZERO, List.of());
    }

    /// @param usual what holds where nothing is planned
    static Consent of(Collection<Ruling> all, Consent usual) {
        TreeMap<String, Ruling> byPatch = new TreeMap<>();
        all.forEach(ruling -> byPatch.merge(ruling.patch().toString(), ruling, Ruling::strictest));
        List<Ruling> rulings = List.copyOf(byPatch.values());
        return rulings.stream()
                .reduce(Ruling::strictest)
                .map(strictest -> new Consent(strictest.autonomy(), strictest.veto(), rulings))
                .orElse(usual);
    }

    /// What both are content with.
    Consent strictest(Consent other) {
        Autonomy both = autonomy.strictest(other.autonomy);
        Duration longer = veto.compareTo(other.veto) >= 0 ? veto : other.veto;
        return new Consent(
                both,
                both == Autonomy.VETO ? longer : Duration.ZERO,
                rulings.isEmpty() ? other.rulings : rulings);
    }

    boolean emergency() {
        return !rulings.isEmpty() && rulings.stream().allMatch(Ruling::emergency);
    }

    /// Which patch and which rule decided; empty where there was no patch to decide about.
    public String why() {
        return rulings.stream()
                .filter(ruling -> ruling.autonomy() == autonomy && ruling.veto().equals(veto))
                .findFirst()
                .map(ruling -> "Decided by " + ruling.sentence() + ".")
                .orElse("");
    }
}
