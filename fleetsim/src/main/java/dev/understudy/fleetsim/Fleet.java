package dev.understudy.fleetsim;

import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.Platform;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntConsumer;

/// A fleet: hosts that share shapes by Zipf's law. A shape is a real image with what its owners
/// added, left out and patched since; most are of recent images and some lag far behind. Host
/// number n of a seed is always the same.
public final class Fleet {
    private static final double SHARING = 1.05;
    private static final double IMAGES_BEHIND = 3;

    private final List<Shape> shapes;
    private final int hosts;
    private final long seed;

    private Fleet(List<Shape> shapes, int hosts, long seed) {
        this.shapes = shapes;
        this.hosts = hosts;
        this.seed = seed;
    }

    /// An exact package set.
    ///
    /// @param patched number of the shape that the same hosts have after patching; its own where
    ///   there is none
    public record Shape(Platform platform, List<InstalledPackage> packages, int patched) {
        public Shape {
            packages = packages.stream().sorted().toList();
        }
    }

    /// Hosts that lag by a few images, which are a week or two apart, and once patched have one of
    /// the next three.
    ///
    /// @param hosts any number from 1 up
    /// @param shapes how many package sets they share; two of each kind are made, one patched
    public static Fleet of(Images images, int hosts, int shapes, long seed) {
        return of(images, hosts, shapes, seed, new ByImages());
    }

    /// Hosts that lag by months, and once patched have the packages of the newest image.
    ///
    /// @param days how far behind the newest image they are on the average; exponentially
    ///   distributed, so that one in twenty is three times as far
    public static Fleet lagging(Images images, int hosts, int shapes, int days, long seed) {
        return of(images, hosts, shapes, seed, new ByDays(days));
    }

    private static Fleet of(Images images, int hosts, int shapes, long seed, Lag lag) {
        if (hosts < 1 || shapes < 2) {
            throw new IllegalArgumentException(
                    "A fleet has at least 1 host and 2 shapes, not %d and %d."
                            .formatted(hosts, shapes));
        }
        Random random = new Random(seed);
        List<Shape> made = new ArrayList<>(shapes);
        while (made.size() + 1 < shapes) {
            Images.Family family = images.families().get(random.nextInt(images.families().size()));
            int now = lag.now(family, random);
            Tweaks tweaks = Tweaks.of(family, random);
            int next = lag.patched(family, now, random);
            int number = made.size();
            made.add(new Shape(family.platform(), tweaks.on(family, now), number + 1));
            made.add(new Shape(family.platform(), tweaks.on(family, next), number + 1));
        }
        return new Fleet(List.copyOf(made), hosts, seed);
    }

    /// Which image of its family a host has.
    private sealed interface Lag {
        int now(Images.Family family, Random random);

        int patched(Images.Family family, int now, Random random);
    }

    private record ByImages() implements Lag {
        @Override
        public int now(Images.Family family, Random random) {
            int behind = (int) (-Math.log(1 - random.nextDouble()) * IMAGES_BEHIND);
            return newest(family) - Math.min(behind, newest(family));
        }

        @Override
        public int patched(Images.Family family, int now, Random random) {
            return Math.min(newest(family), now + 1 + random.nextInt(3));
        }
    }

    private record ByDays(int mean) implements Lag {
        @Override
        public int now(Images.Family family, Random random) {
            long days = (long) (-Math.log(1 - random.nextDouble()) * mean);
            LocalDate day = family.images().get(newest(family)).date().minusDays(days);
            int now = newest(family);
            while (now > 0 && family.images().get(now).date().isAfter(day)) {
                now--;
            }
            return now;
        }

        @Override
        public int patched(Images.Family family, int now, Random random) {
            return newest(family);
        }
    }

    private static int newest(Images.Family family) {
        return family.images().size() - 1;
    }

    public List<Shape> shapes() {
        return shapes;
    }

    public int hosts() {
        return hosts;
    }

    long seed() {
        return seed;
    }

    /// The shape that the same hosts had before they were patched to this one; itself where there
    /// is none.
    int before(int shape) {
        return shape > 0 && shapes.get(shape - 1).patched() == shape ? shape - 1 : shape;
    }

    /// Gives each host's shape, host after host.
    public void eachHost(IntConsumer shape) {
        Random random = new Random(seed ^ 0x5DEECE66DL);
        Shares shares = new Shares(shapes.size(), SHARING);
        int[] place = shuffled(random);
        for (int host = 0; host < hosts; host++) {
            shape.accept(place[shares.draw(random)]);
        }
    }

    /// Which shape is how common has nothing to do with its age.
    private int[] shuffled(Random random) {
        int[] place = new int[shapes.size()];
        for (int i = 0; i < place.length; i++) {
            int j = random.nextInt(i + 1);
            place[i] = place[j];
            place[j] = i;
        }
        return place;
    }

    /// What a kind of host has beside its image.
    ///
    /// @param without names that were removed
    /// @param with names that were added, in the version of the image's time
    /// @param held names that stay in the version of the family's first image that has them
    private record Tweaks(
            List<String> without, List<InstalledPackage> with, List<InstalledPackage> held) {
        static Tweaks of(Images.Family family, Random random) {
            List<InstalledPackage> all = any(family, random).packages();
            List<String> without = new ArrayList<>();
            List<InstalledPackage> with = new ArrayList<>();
            List<InstalledPackage> held = new ArrayList<>();
            for (int n = random.nextInt(20); n > 0; n--) {
                without.add(any(all, random).name());
            }
            for (int n = random.nextInt(12); n > 0; n--) {
                with.add(any(any(family, random).packages(), random));
            }
            for (int n = random.nextInt(4); n > 0; n--) {
                held.add(any(any(family, random).packages(), random));
            }
            return new Tweaks(without, with, held);
        }

        List<InstalledPackage> on(Images.Family family, int image) {
            Map<String, InstalledPackage> packages = new HashMap<>();
            with.forEach(each -> packages.put(key(each), each));
            family.images().get(image).packages().forEach(each -> packages.put(key(each), each));
            held.forEach(each -> packages.replace(key(each), each));
            without.forEach(name -> packages.keySet().removeIf(key -> key.startsWith(name + ":")));
            return List.copyOf(packages.values());
        }

        private static String key(InstalledPackage each) {
            return each.name() + ":" + each.architecture();
        }

        private static Images.Image any(Images.Family family, Random random) {
            return any(family.images(), random);
        }

        private static <T> T any(List<T> all, Random random) {
            return all.get(random.nextInt(all.size()));
        }
    }
}
