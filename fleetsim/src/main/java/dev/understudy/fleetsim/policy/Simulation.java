package dev.understudy.fleetsim.policy;

import dev.understudy.fleetsim.Notices.Exploitation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// One way of patching in one world, event by event. Times are hours.
final class Simulation {
    private static final int NONE = -1;

    private record Happening(double at, long number, Runnable what) {}

    private final World world;
    private final Practice practice;
    private final PriorityQueue<Happening> queue =
            new PriorityQueue<>(
                    Comparator.comparingDouble(Happening::at).thenComparingLong(Happening::number));
    private final int[] newest;

    /// Families whose first version is bad.
    private final BitSet bad = new BitSet();

    /// By family and host: the version that the host has, since when it is exposed, since when it
    /// is broken; not a number where it is not.
    private final int[][] installed;

    private final double[][] exposedSince;
    private final double[][] brokenSince;
    private final List<Integer> published = new ArrayList<>();
    private double now;
    private long number;
    private double exposure;
    private double withheld;
    private double hours;
    private double knownHours;
    private int broken;
    private double brokenHours;
    private int decisions;
    private int needed;

    private Simulation(World world, Way way) {
        this.world = world;
        this.newest = new int[world.families()];
        Arrays.fill(newest, NONE);
        this.installed = new int[world.families()][world.hosts()];
        this.exposedSince = new double[world.families()][world.hosts()];
        this.brokenSince = new double[world.families()][world.hosts()];
        for (int family = 0; family < world.families(); family++) {
            Arrays.fill(installed[family], NONE);
            Arrays.fill(exposedSince[family], Double.NaN);
            Arrays.fill(brokenSince[family], Double.NaN);
        }
        this.practice = way.start(this);
    }

    static Outcome run(World world, Way way) {
        return new Simulation(world, way).run();
    }

    private Outcome run() {
        world.versions().forEach(version -> at(version.at(), () -> publish(version)));
        while (!queue.isEmpty() && queue.element().at() <= world.horizon()) {
            Happening next = queue.remove();
            now = next.at();
            next.what().run();
        }
        now = world.horizon();
        for (int family = 0; family < world.families(); family++) {
            for (int host = 0; host < world.hosts(); host++) {
                closeExposure(family, host);
                closeBroken(family, host);
            }
        }
        return new Outcome(
                exposure, withheld, hours, knownHours, broken, brokenHours, decisions, needed);
    }

    World world() {
        return world;
    }

    double now() {
        return now;
    }

    void at(double when, Runnable what) {
        queue.add(new Happening(Math.max(now, when), number++, what));
    }

    private void publish(Version version) {
        int family = version.family();
        if (newest[family] == NONE) {
            published.add(family);
            for (int host = 0; host < world.hosts(); host++) {
                if (world.needs(host, version)) {
                    exposedSince[family][host] = now;
                    needed++;
                }
            }
        }
        newest[family] = version.number();
        if (version.bad()) {
            bad.set(family);
        }
        practice.published(version);
    }

    /// Numbers of the families that were published, oldest first.
    List<Integer> published() {
        return published;
    }

    /// The newest version of a published family.
    Version newest(int family) {
        return world.versions().get(newest[family]);
    }

    boolean has(int host, Version version) {
        return installed[version.family()][host] >= version.number();
    }

    /// Whether the version was repaired by a newer one.
    boolean superseded(Version version) {
        return newest[version.family()] != version.number();
    }

    void install(int host, Version version) {
        if (has(host, version)) {
            return;
        }
        int family = version.family();
        closeExposure(family, host);
        closeBroken(family, host);
        installed[family][host] = version.number();
        if (world.breaks(version, host)) {
            at(now + world.delay(version, host), () -> fail(host, version));
        }
    }

    /// A person installs it so that it does not break the host.
    void installByHand(int host, Version version) {
        if (!has(host, version)) {
            closeExposure(version.family(), host);
            closeBroken(version.family(), host);
            installed[version.family()][host] = version.number();
        }
    }

    private void fail(int host, Version version) {
        int family = version.family();
        if (installed[family][host] != version.number()
                || !Double.isNaN(brokenSince[family][host])) {
            return;
        }
        broken++;
        brokenSince[family][host] = now;
        at(now + world.assumptions().repair(), () -> repaired(host, version));
        practice.failed(host, version);
    }

    private void repaired(int host, Version version) {
        if (installed[version.family()][host] == version.number()) {
            closeBroken(version.family(), host);
        }
    }

    /// The host is put back to before the version, and exposed again.
    ///
    /// @param took hours in which it is broken still
    void restore(int host, Version version, double took) {
        int family = version.family();
        if (installed[family][host] != version.number()) {
            return;
        }
        if (!Double.isNaN(brokenSince[family][host])) {
            closeBroken(family, host);
            brokenHours += took;
        }
        installed[family][host] = NONE;
        exposedSince[family][host] = now;
    }

    /// A person is asked, and answers after a while.
    void askPerson(Runnable answer) {
        decisions++;
        at(now + world.assumptions().person(), answer);
    }

    private void closeExposure(int family, int host) {
        double since = exposedSince[family][host];
        if (!Double.isNaN(since)) {
            Version version = newest(family);
            hours += now - since;
            exposure += version.hazard() * (now - since);
            withheld += bad.get(family) ? version.hazard() * (now - since) : 0;
            knownHours += version.exploitation() == Exploitation.KNOWN ? now - since : 0;
            exposedSince[family][host] = Double.NaN;
        }
    }

    private void closeBroken(int family, int host) {
        double since = brokenSince[family][host];
        if (!Double.isNaN(since)) {
            brokenHours += now - since;
            brokenSince[family][host] = Double.NaN;
        }
    }
}
