package dev.understudy.rollout;

import dev.understudy.rollout.gate.Course;
import dev.understudy.rollout.gate.Entry;
import dev.understudy.rollout.gate.Progress;
import dev.understudy.rollout.gate.WavePlan;
import java.util.ArrayList;
import java.util.List;

/// What a rollout promises and how far it has come with proving it.
///
/// @param sentence the promise, or why there is none
/// @param standing where the tests stand, in a sentence; empty without a promise
public record CertificateView(
        boolean certified, String sentence, String standing, List<Stratum> strata) {

    /// Hosts that are judged together.
    ///
    /// @param judged hosts that were judged, canaries and later waves left out until it is accepted
    /// @param target how many are to be judged before the next decision
    /// @param exposed hosts that were given the patch
    /// @param limit how many may have it before it is accepted
    public record Stratum(
            String name,
            int hosts,
            int canaries,
            int judged,
            int failed,
            int target,
            int exposed,
            int limit,
            Progress.Phase phase) {}

    /// The certificate with its inputs and boundaries, and a part of its record.
    ///
    /// @param lines how many lines the record has
    /// @param replays whether every decision and cause comes out the same when it is made again
    ///   from the rest
    public record Whole(
            CertificateView certificate,
            long seed,
            List<WavePlan> plans,
            int lines,
            boolean replays,
            List<Certificates.Line> items) {

        static Whole of(
                Certificate certificate, List<Entry> entries, List<Certificates.Line> items) {
            return new Whole(
                    CertificateView.of(certificate, entries),
                    certificate.seed(),
                    certificate.plans(),
                    entries.size(),
                    Course.replays(certificate.plans(), entries),
                    items);
        }
    }

    static CertificateView of(Certificate certificate, List<Entry> entries) {
        Course course = Course.of(certificate.plans(), entries);
        List<Stratum> strata = new ArrayList<>();
        for (int i = 0; i < certificate.strata().size(); i++) {
            Progress progress = course.strata().get(i);
            strata.add(
                    new Stratum(
                            certificate.strata().get(i).name(),
                            progress.plan().hosts(),
                            progress.plan().canaries(),
                            progress.standing().judged(),
                            progress.standing().failed(),
                            progress.standing().target(),
                            progress.exposed(),
                            progress.plan().budget(),
                            progress.phase()));
        }
        return new CertificateView(
                certificate.certified(),
                certificate.sentence(),
                course.sentence(certificate.names()),
                strata);
    }
}
