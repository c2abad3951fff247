package dev.understudy.rollout;

import dev.understudy.governance.Proof;
import dev.understudy.governance.Trials;
import dev.understudy.protocol.OrderBody.RebootPolicy;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The rules of one rollout, as its group's policy had them when it was started.
///
/// @param canaries how many hosts the first wave has
/// @param percentPerWave how many percent of the rollout's hosts each later wave has
/// @param soak how long a wave must stay healthy before the next one starts
/// @param proof what it has to prove; a rollout from before there was a choice is judged strictly
/// @param consent who lets it start; a rollout from before there were rules goes by `needsApproval`
/// @param emergency what is different because all that it brings is due within three days; null
///   where nothing is
/// @param triage before which patches hosts secure evidence; null where before none
/// @param trials who rehearses before the first host is patched; null where every host does and any
///   failure halts, so that what was approved before there was a choice stays word for word
public record Terms(
        boolean needsApproval,
        int canaries,
        int percentPerWave,
        Duration soak,
        RebootPolicy reboot,
        Proof proof,
        Consent consent,
        @Nullable Emergency emergency,
        @Nullable TriageFirst triage,
        @Nullable Trials trials) {
    public Terms {
        proof = Objects.requireNonNullElse(proof, Proof.STRICT);
        trials = Trials.USUAL.equals(trials) ? null : trials;
        consent = Objects.requireNonNullElseGet(consent, () -> Consent.plain(needsApproval));
        if (canaries < 1 || percentPerWave < 1 || percentPerWave > 100 || soak.isNegative()) {
            throw new IllegalArgumentException(
                    "%d canaries, %d %% per wave, a soak of %s: expected at least one canary, 1 to"
                                    .formatted(canaries, percentPerWave, soak)
                            + " 100 % per wave, and a soak that is not negative");
        }
    }

    /// Without rules for single patches.
    public Terms(
            boolean needsApproval,
            int canaries,
            int percentPerWave,
            Duration soak,
            RebootPolicy reboot,
            Proof proof) {
        this(
                needsApproval,
                canaries,
                percentPerWave,
                soak,
                reboot,
                proof,
                Consent.plain(needsApproval),
                null,
                null,
                null);
    }

    /// Rules that satisfy both. Where one asks for a certificate or a person, and the other for no
    /// failure at all, no failure is tolerated and a person has to approve.
    public Terms strictest(Terms other) {
        return new Terms(
                needsApproval || other.needsApproval || alone(other) || other.alone(this),
                Math.min(canaries, other.canaries),
                Math.min(percentPerWave, other.percentPerWave),
                soak.compareTo(other.soak) >= 0 ? soak : other.soak,
                reboot == RebootPolicy.NEVER ? reboot : other.reboot,
                proof.strictest(other.proof),
                consent.strictest(other.consent),
                emergency == null || other.emergency == null
                        ? null
                        : emergency.strictest(other.emergency),
                triage == null ? other.triage : triage,
                rehearsals().strictest(other.rehearsals()));
    }

    /// Who rehearses first, and whether classes that fail are left out.
    Trials rehearsals() {
        return Objects.requireNonNullElse(trials, Trials.USUAL);
    }

    private boolean alone(Terms other) {
        return proof.gate() == Proof.Gate.CERTIFIED_ONLY && other.proof.gate() == Proof.Gate.STRICT;
    }

    /// The same, for rulings that are settled now.
    Terms consented(Consent settled) {
        return new Terms(
                settled.autonomy().asks() || proofAsks(),
                canaries,
                percentPerWave,
                soak,
                reboot,
                proof,
                settled,
                emergency,
                triage,
                trials);
    }

    /// The same for what the plans have become: never less strict than before, and no emergency any
    /// more where something came in that is none.
    Terms resettled(Consent now) {
        Consent both = now.strictest(consent);
        Terms settled = consented(both);
        return emergency == null || now.emergency()
                ? settled
                : new Terms(
                        settled.needsApproval,
                        canaries,
                        percentPerWave,
                        emergency.usualSoak(),
                        reboot,
                        proof,
                        settled.consent,
                        null,
                        triage,
                        trials);
    }

    /// Whether a person is asked for another reason than who consents.
    private boolean proofAsks() {
        return needsApproval && !consent.autonomy().asks();
    }

    /// The same with a soak that is shorter than the usual one, and says so.
    Terms hurried(Emergency how) {
        return new Terms(
                needsApproval,
                canaries,
                percentPerWave,
                how.soak(),
                reboot,
                proof,
                consent,
                how,
                triage,
                trials);
    }

    /// The same, with evidence secured first.
    Terms triaged(TriageFirst first) {
        return new Terms(
                needsApproval,
                canaries,
                percentPerWave,
                soak,
                reboot,
                proof,
                consent,
                emergency,
                first,
                trials);
    }
}
