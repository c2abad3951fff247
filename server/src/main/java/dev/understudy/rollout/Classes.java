package dev.understudy.rollout;

import dev.understudy.protocol.HostId;
import dev.understudy.protocol.Plan;
import dev.understudy.rehearsal.RehearsalClass;
import dev.understudy.rehearsal.RehearsalClass.Evidence;
import dev.understudy.rehearsal.Rehearsals;
import dev.understudy.rehearsal.RequestRehearsal;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The rehearsal classes of a rollout's hosts: hosts of one makeup with one plan, for which one
/// rehearsal is evidence. A host of which the makeup is not known is a class of its own.
///
/// @param evidence what rehearsals showed of each class, in this rollout or lately in another
record Classes(
        Map<HostId, String> makeups,
        Map<HostId, RehearsalClass> ofHosts,
        Map<RehearsalClass, Evidence> evidence) {
    /// For rollouts in which every host rehearses, whatever the others showed.
    static final Classes NONE = new Classes(Map.of(), Map.of(), Map.of());

    /// The classes as they are now.
    static Classes of(
            Map<HostId, String> makeups,
            List<Deployment> deployments,
            Rehearsals rehearsals,
            Instant since,
            Instant until) {
        Map<Plan, String> digests = new HashMap<>();
        Map<HostId, RehearsalClass> ofHosts = new HashMap<>();
        Set<RehearsalClass> known = new HashSet<>();
        for (Deployment d : deployments) {
            if (d.plan() == null) {
                continue;
            }
            String digest = digests.computeIfAbsent(d.getPlan().plan(), Plan::digest);
            String makeup = makeups.get(d.host());
            RehearsalClass own =
                    new RehearsalClass(digest, makeup == null ? alone(d.host()) : makeup);
            ofHosts.put(d.host(), own);
            if (makeup != null) {
                known.add(own);
            }
        }
        return new Classes(
                makeups,
                ofHosts,
                known.isEmpty() ? Map.of() : rehearsals.speakingFor(known, since, until));
    }

    /// The classes for the next decision of a rollout that rehearses.
    static Classes now(
            Rollout rollout,
            List<Deployment> deployments,
            Makeups makeups,
            Rehearsals rehearsals,
            Instant now) {
        if (!rollout.rehearsing() || rollout.terms().trials() == null) {
            return NONE;
        }
        return of(
                makeups.of(rollout.id()),
                deployments,
                rehearsals,
                now.minus(RequestRehearsal.FRESH),
                now);
    }

    private static String alone(HostId host) {
        return "host " + host;
    }

    RehearsalClass of(Deployment d) {
        RehearsalClass own = ofHosts.get(d.host());
        if (own == null) {
            throw new IllegalStateException("host %s has no class".formatted(d.host()));
        }
        return own;
    }

    /// Whether anything tells the host apart from others.
    boolean known(Deployment d) {
        return makeups.containsKey(d.host());
    }

    Optional<Evidence> passed(RehearsalClass of) {
        @Nullable Evidence shown = evidence.get(of);
        return Optional.ofNullable(shown).filter(Evidence::passed);
    }
}
