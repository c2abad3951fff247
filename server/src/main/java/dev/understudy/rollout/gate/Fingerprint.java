package dev.understudy.rollout.gate;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.LongStream;

/// What a host runs, as a set of features: each package in its version, release, kernel, role.
public final class Fingerprint {
    private final long[] features;

    private Fingerprint(long[] features) {
        this.features = features;
    }

    public static Fingerprint of(Collection<String> features) {
        return new Fingerprint(
                features.stream().mapToLong(Fingerprint::hash).sorted().distinct().toArray());
    }

    /// Hashes of the features, ascending, each once.
    public LongStream features() {
        return Arrays.stream(features);
    }

    /// 64-bit FNV-1a with a final mix: equal for equal text everywhere and always.
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        return hash ^ (hash >>> 33);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Fingerprint print && Arrays.equals(features, print.features);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(features);
    }
}
