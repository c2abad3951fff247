package dev.understudy.fleetsim.policy;

import dev.understudy.rollout.gate.Bound;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Ours, as the server goes about it: hosts tell what is pending once they have fetched their
/// package lists; one automatic rollout at a time takes all hosts that have told, each with all
/// that is pending there; every host rehearses on its twin first, and one failure there halts; then
/// waves by the server's own gate ([CertifiedRollout]). What a failure accuses is locked away until
/// a person decides: a good version is released and installed by hand where it failed, a bad one
/// stays away until it is repaired. The vendor's notice of a regression halts and locks away, too.
///
/// @param refresh hours between a host's fetches of its package lists; each host has its own phase
/// @param soak hours
/// @param percentPerWave how much of a rollout a wave takes once the patch is accepted, or where
///   nothing can be certified
/// @param bound what the gate promises
record Certified(
        String name, double refresh, double soak, int canaries, int percentPerWave, Bound bound)
        implements Way {
    /// Hours for all hosts of a rollout to rehearse, and for those of a wave to be patched. Four
    /// hosts with 77 updates took 219 s from enrolment to in effect (`bars/1-automatic-loop`); here
    /// hosts look for orders every few minutes.
    static final double REHEARSAL = 0.25;

    static final double APPLY = 0.25;

    /// Hours to put a host back.
    static final double RESTORE = 0.1;

    /// Hours to search on a twin for the culprit of a failed rehearsal.
    static final double SEARCH = 0.5;

    /// Hours from the vendor's notice until its feed is read (`WireAdvisory`: hourly).
    private static final double FEED = 1;

    /// Hours for which a change is let rest (`RolloutSettings.debounce`: 10 s).
    static final double DEBOUNCE = 10 / 3600.0;

    @Override
    public boolean ours() {
        return true;
    }

    @Override
    public Practice start(Simulation fleet) {
        return new Planner(fleet);
    }

    /// What a rollout needs from whoever started it.
    interface Locks {
        /// The version failed on these hosts and is locked away until a person has decided.
        void accuse(Version version, Collection<Integer> hosts);

        /// The rollout is over; the next may be planned after so many hours.
        void over(double after);
    }

    private final class Planner implements Practice, Locks {
        private final Simulation fleet;
        private final World world;
        private final BitSet[] known;
        private final BitSet locked = new BitSet();

        /// Families that every host has in the newest version; what is put back is looked at again.
        private final BitSet settled = new BitSet();

        private final Map<Integer, BitSet> failedOn = new HashMap<>();
        private Optional<CertifiedRollout> current = Optional.empty();
        private boolean planned;
        private int rollouts;

        Planner(Simulation fleet) {
            this.fleet = fleet;
            this.world = fleet.world();
            this.known = new BitSet[world.versions().size()];
            for (int i = 0; i < known.length; i++) {
                known[i] = new BitSet(world.hosts());
            }
        }

        @Override
        public void published(Version version) {
            settled.clear(version.family());
            for (int host = 0; host < world.hosts(); host++) {
                if (world.needs(host, version)) {
                    int told = host;
                    fleet.at(nextRefresh(host), () -> learn(told, version));
                }
            }
            world.versions().stream()
                    .filter(each -> each.family() == version.family())
                    .filter(each -> each.number() < version.number())
                    .forEach(broken -> fleet.at(fleet.now() + FEED, () -> warned(broken)));
        }

        private double nextRefresh(int host) {
            double phase = refresh * world.draw(World.Draw.PHASE, -2, host);
            return phase + refresh * Math.ceil((fleet.now() - phase) / refresh);
        }

        private void learn(int host, Version version) {
            known[version.number()].set(host);
            plan(DEBOUNCE);
        }

        private void warned(Version broken) {
            locked.set(broken.number());
            current.filter(rollout -> rollout.brings(broken)).ifPresent(CertifiedRollout::halt);
        }

        private void plan(double after) {
            if (!planned && current.isEmpty()) {
                planned = true;
                fleet.at(fleet.now() + after, this::start);
            }
        }

        private void start() {
            planned = false;
            SortedMap<Integer, List<Version>> members = new TreeMap<>();
            for (int family : fleet.published()) {
                if (settled.get(family)) {
                    continue;
                }
                Version newest = fleet.newest(family);
                boolean all = true;
                for (int host = 0; host < world.hosts(); host++) {
                    all &= fleet.has(host, newest) || !world.needs(host, newest);
                    Version next = pending(host, newest);
                    if (next != null) {
                        members.computeIfAbsent(host, _ -> new ArrayList<>()).add(next);
                    }
                }
                settled.set(family, all);
            }
            if (!members.isEmpty()) {
                rollouts++;
                CertifiedRollout rollout =
                        new CertifiedRollout(Certified.this, fleet, members, this, rollouts);
                current = Optional.of(rollout);
                rollout.begin();
            }
        }

        /// What the host knows of the family, lacks, and may have.
        private @Nullable Version pending(int host, Version newest) {
            Version version = newest;
            if (!known[version.number()].get(host)) {
                int before = version.number() - 1;
                if (before < 0 || world.versions().get(before).family() != version.family()) {
                    return null;
                }
                version = world.versions().get(before);
            }
            boolean may =
                    known[version.number()].get(host)
                            && !locked.get(version.number())
                            && !fleet.has(host, version);
            return may ? version : null;
        }

        @Override
        public void failed(int host, Version version) {
            settled.clear();
            current.ifPresent(rollout -> rollout.failed(host, version));
        }

        @Override
        public void accuse(Version version, Collection<Integer> hosts) {
            BitSet failed = failedOn.computeIfAbsent(version.number(), _ -> new BitSet());
            hosts.forEach(failed::set);
            if (!locked.get(version.number())) {
                locked.set(version.number());
                fleet.askPerson(() -> decide(version));
            }
        }

        private void decide(Version version) {
            if (version.bad() || fleet.superseded(version)) {
                return;
            }
            locked.clear(version.number());
            BitSet failed = Objects.requireNonNull(failedOn.remove(version.number()));
            failed.stream().forEach(host -> fleet.installByHand(host, version));
            plan(DEBOUNCE);
        }

        @Override
        public void over(double after) {
            current = Optional.empty();
            plan(after);
        }
    }
}
