package dev.understudy.protocol.version;

import java.util.Arrays;

/// Collects the bytes of a [VersionKey].
final class KeyWriter {
    private static final int MANY = 40;

    private byte[] bytes;
    private int size;

    KeyWriter(int versionLength) {
        bytes = new byte[2 * versionLength + 16];
    }

    void put(int unsignedByte) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * size);
        }
        bytes[size++] = (byte) unsignedByte;
    }

    /// Characters that are known to be ASCII.
    void put(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            put(text.charAt(i));
        }
    }

    /// A number of any length: how many digits it has, then these. The first byte is at least
    /// `least`, and less than any letter if `least` is small.
    void putNumber(int least, String text, int from, int to) {
        int first = Digits.skipZeros(text, from, to);
        int count = to - first;
        put(least + Math.min(count, MANY));
        if (count >= MANY) {
            for (count -= MANY; count >= 0xff; count -= 0xff) {
                put(0xff);
            }
            put(count);
        }
        put(text, first, to);
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, size);
    }
}
