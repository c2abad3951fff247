package dev.understudy.risk.exposure;

import dev.understudy.protocol.HostId;
import java.util.Arrays;
import java.util.UUID;

/// Dense numbers for hosts, from 0 up, never given twice: what bitmaps are made of. About 24 bytes
/// a host.
final class HostNumbers {
    private long[] high = new long[1024];
    private long[] low = new long[1024];

    /// Open addressing: a host's number plus one; 0 is a free slot.
    private int[] slots = new int[2048];

    private int size;

    int size() {
        return size;
    }

    HostId host(int number) {
        if (number < 0 || number >= size) {
            throw new IndexOutOfBoundsException(
                    "There is no host number %d; %d were given.".formatted(number, size));
        }
        return new HostId(new UUID(high[number], low[number]));
    }

    /// By the hosts' identities, so that every replica gives the same order.
    int compare(int a, int b) {
        int byHigh = Long.compare(high[a], high[b]);
        return byHigh != 0 ? byHigh : Long.compare(low[a], low[b]);
    }

    /// Whether the host comes after `other` in that order.
    boolean isAfter(int number, HostId other) {
        long otherHigh = other.value().getMostSignificantBits();
        int byHigh = Long.compare(high[number], otherHigh);
        return byHigh != 0 ? byHigh > 0 : low[number] > other.value().getLeastSignificantBits();
    }

    int give(HostId host) {
        int slot = slot(host.value());
        if (slots[slot] != 0) {
            return slots[slot] - 1;
        }
        if (size == high.length) {
            high = Arrays.copyOf(high, size * 2);
            low = Arrays.copyOf(low, size * 2);
        }
        high[size] = host.value().getMostSignificantBits();
        low[size] = host.value().getLeastSignificantBits();
        slots[slot] = ++size;
        if (size * 2 > slots.length) {
            rehash();
        }
        return size - 1;
    }

    /// The host's number; negative if it has none.
    int find(HostId host) {
        return slots[slot(host.value())] - 1;
    }

    /// Where the host is, or where it would go.
    private int slot(UUID id) {
        int mask = slots.length - 1;
        int at = spread(id.getMostSignificantBits(), id.getLeastSignificantBits()) & mask;
        while (slots[at] != 0
                && (high[slots[at] - 1] != id.getMostSignificantBits()
                        || low[slots[at] - 1] != id.getLeastSignificantBits())) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void rehash() {
        slots = new int[slots.length * 2];
        int mask = slots.length - 1;
        for (int number = 0; number < size; number++) {
            int at = spread(high[number], low[number]) & mask;
            while (slots[at] != 0) {
                at = (at + 1) & mask;
            }
            slots[at] = number + 1;
        }
    }

    private static int spread(long high, long low) {
        long mixed = (high * 0x9E3779B97F4A7C15L) ^ (low * 0xC2B2AE3D27D4EB4FL);
        return (int) (mixed ^ (mixed >>> 32));
    }
}
