package dev.understudy.fleetsim.policy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// The usual ways: hosts install by night what is released to their ring. One ring without a wait
/// is unattended-upgrades; several with fixed waits are static rings; with a threshold a ring is
/// released only if no more than that share of the one before failed. Hosts are patched in the
/// night, as Debian's `apt-daily-upgrade.timer` does (6:00, up to an hour later by chance). Whoever
/// runs them hears of every failure at once and knows which patch it was; a broken host is repaired
/// with its patch in place. Both are kinder to them than life is.
///
/// @param shares of the fleet up to and with each ring; the last is 1
/// @param waits hours from publication until each ring is released
/// @param every days between nights in which hosts install
/// @param most the share of failed hosts of a ring above which the next waits for a person; 1 where
///   nobody looks
record Rings(String name, List<Double> shares, List<Double> waits, int every, double most)
        implements Way {
    private static final double NIGHT = 6;
    private static final double SPREAD = 1;

    Rings {
        shares = List.copyOf(shares);
        waits = List.copyOf(waits);
        if (shares.isEmpty() || shares.size() != waits.size() || shares.getLast() != 1) {
            throw new IllegalArgumentException(
                    "%d rings up to %s with %d waits; expected a wait for each, and all hosts in the last"
                            .formatted(shares.size(), shares, waits.size()));
        }
    }

    @Override
    public boolean ours() {
        return false;
    }

    @Override
    public Practice start(Simulation fleet) {
        Nights nights = new Nights(fleet);
        for (int day = 0; 24.0 * day < fleet.world().horizon(); day += every) {
            int night = day;
            fleet.at(24.0 * day + NIGHT, () -> nights.install(night));
        }
        return nights;
    }

    private final class Nights implements Practice {
        private final Simulation fleet;
        private final World world;
        private final int[] ring;

        /// By version: the rings it is released to, and how many hosts of each got it and failed.
        private final List<BitSet> released = new ArrayList<>();

        private final int[][] patched;
        private final int[][] failed;

        /// Families that every host has in the newest version.
        private final BitSet settled = new BitSet();

        Nights(Simulation fleet) {
            this.fleet = fleet;
            this.world = fleet.world();
            this.ring = new int[world.hosts()];
            for (int host = 0; host < ring.length; host++) {
                double place = world.draw(World.Draw.PHASE, -1, host);
                while (place >= shares.get(ring[host])) {
                    ring[host]++;
                }
            }
            world.versions().forEach(_ -> released.add(new BitSet()));
            this.patched = new int[released.size()][shares.size()];
            this.failed = new int[released.size()][shares.size()];
        }

        @Override
        public void published(Version version) {
            settled.clear(version.family());
            for (int r = 0; r < waits.size(); r++) {
                int number = r;
                fleet.at(fleet.now() + waits.get(r), () -> due(version, number));
            }
        }

        private void due(Version version, int r) {
            int before = r - 1;
            boolean much =
                    r > 0
                            && failed[version.number()][before]
                                    > most * patched[version.number()][before];
            if (!much) {
                release(version, r);
            } else if (!fleet.superseded(version)) {
                fleet.askPerson(
                        () -> {
                            if (!version.bad()) {
                                release(version, r);
                            }
                        });
            }
        }

        private void release(Version version, int r) {
            released.get(version.number()).set(r);
        }

        @Override
        public void failed(int host, Version version) {
            failed[version.number()][ring[host]]++;
        }

        void install(int night) {
            for (int family : fleet.published()) {
                if (settled.get(family)) {
                    continue;
                }
                Version version = fleet.newest(family);
                BitSet to = released.get(version.number());
                boolean all = to.cardinality() == shares.size();
                for (int host = 0; host < ring.length; host++) {
                    if (world.needs(host, version) && !fleet.has(host, version)) {
                        if (to.get(ring[host])) {
                            later(night, host, version);
                        }
                    }
                }
                settled.set(family, all);
            }
        }

        private void later(int night, int host, Version version) {
            double after = SPREAD * world.draw(World.Draw.PHASE, night, host);
            fleet.at(
                    fleet.now() + after,
                    () -> {
                        if (!fleet.superseded(version)) {
                            patched[version.number()][ring[host]]++;
                            fleet.install(host, version);
                        }
                    });
        }
    }
}
