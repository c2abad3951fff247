package dev.understudy.protocol.version;

import java.util.Arrays;
import java.util.HexFormat;

/// A version's place in its order: keys compare as their versions do, byte by byte without a sign,
/// and are equal exactly where their versions compare as 0. Sorted arrays, binary search and hash
/// tables work on them.
public final class VersionKey implements Comparable<VersionKey> {
    private final VersionOrder order;
    private final byte[] bytes;

    VersionKey(VersionOrder order, byte[] bytes) {
        this.order = order;
        this.bytes = bytes;
    }

    public VersionOrder order() {
        return order;
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /// @throws IllegalArgumentException if the other key belongs to another order
    @Override
    public int compareTo(VersionKey other) {
        if (order != other.order) {
            throw new IllegalArgumentException(
                    "A version of %s cannot be compared with one of %s"
                            .formatted(order, other.order));
        }
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VersionKey that
                && order == that.order
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return order + ":" + HexFormat.of().formatHex(bytes);
    }
}
