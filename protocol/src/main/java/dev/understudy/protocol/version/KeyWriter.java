package dev.understudy.protocol.version;

import java.util.Arrays;

/// Collects the bytes of a [VersionKey].
final class KeyWriter {
    private static final int MANY = 0xff;

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

    /// A number of any length: how many digits it has, then these.
    void putNumber(String text, int from, int to) {
        int first = Digits.skipZeros(text, from, to);
        int count = to - first;
        for (; count >= MANY; count -= MANY) {
            put(MANY);
        }
        put(count);
        put(text, first, to);
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, size);
    }
}
