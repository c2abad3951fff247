package dev.understudy.risk.exposure;

import dev.understudy.protocol.HostId;
import java.util.Arrays;
import java.util.BitSet;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.IntIterator;
import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

/// The hosts by identity, so that every replica gives the same pages, whatever numbers its hosts
/// have.
final class HostOrder {
    /// How many hosts may be out of order before they are merged in.
    private static final int LOOSE = 4096;

    private final HostNumbers numbers;
    private int[] sorted = {};

    /// Where in `sorted` each of these hosts is.
    private int[] places = {};

    HostOrder(HostNumbers numbers) {
        this.numbers = numbers;
    }

    /// Takes in hosts that were numbered since, when they are many.
    void catchUp() {
        int fresh = numbers.size() - sorted.length;
        if (fresh < LOOSE && (sorted.length > 0 || fresh == 0)) {
            return;
        }
        int[] tail = new int[fresh];
        Arrays.setAll(tail, i -> sorted.length + i);
        sorted = merge(sorted, sort(tail));
        places = new int[sorted.length];
        for (int place = 0; place < sorted.length; place++) {
            places[sorted[place]] = place;
        }
    }

    private int[] sort(int[] hosts) {
        return Arrays.stream(hosts)
                .boxed()
                .sorted(numbers::compare)
                .mapToInt(each -> each)
                .toArray();
    }

    private int[] merge(int[] a, int[] b) {
        int[] all = new int[a.length + b.length];
        int i = 0;
        int j = 0;
        for (int at = 0; at < all.length; at++) {
            boolean left = j == b.length || (i < a.length && numbers.compare(a[i], b[j]) < 0);
            all[at] = left ? a[i++] : b[j++];
        }
        return all;
    }

    /// The first `limit` of `hosts` after host `after`.
    int[] first(RoaringBitmap hosts, @Nullable HostId after, int limit) {
        int asked = hosts.getCardinality();
        if (after == null && limit >= asked) {
            return all(hosts, asked);
        }
        double steps = (double) limit * sorted.length / Math.max(1, asked);
        if (steps > asked && asked < sorted.length / 2) {
            return merge(
                    first(hosts, after == null ? 0 : firstAfter(after), limit),
                    few(hosts, after, limit, sorted.length),
                    limit);
        }
        int[] inOrder = new int[Math.min(limit, asked)];
        int found = 0;
        int at = after == null ? 0 : firstAfter(after);
        for (; at < sorted.length && found < inOrder.length; at++) {
            if (hosts.contains(sorted[at])) {
                inOrder[found++] = sorted[at];
            }
        }
        int[] loose = few(hosts, after, limit, sorted.length);
        return merge(Arrays.copyOf(inOrder, found), loose, limit);
    }

    private int[] merge(int[] a, int[] b, int limit) {
        int[] all = merge(a, b);
        return all.length <= limit ? all : Arrays.copyOf(all, limit);
    }

    /// The first of those in order from place `from` on: of their places a heap keeps as many as
    /// are asked for, the last on top.
    private int[] first(RoaringBitmap hosts, int from, int limit) {
        int[] heap = new int[Math.min(limit, hosts.getCardinality())];
        int size = 0;
        IntIterator each = hosts.getIntIterator();
        while (each.hasNext()) {
            int host = each.next();
            if (host >= sorted.length) {
                break;
            }
            int place = places[host];
            if (place >= from && size < heap.length) {
                up(heap, size++, place);
            } else if (place >= from && place < heap[0]) {
                down(heap, place);
            }
        }
        int[] first = Arrays.copyOf(heap, size);
        Arrays.sort(first);
        Arrays.setAll(first, at -> sorted[first[at]]);
        return first;
    }

    private static void up(int[] heap, int at, int place) {
        int here = at;
        while (here > 0 && heap[(here - 1) / 2] < place) {
            heap[here] = heap[(here - 1) / 2];
            here = (here - 1) / 2;
        }
        heap[here] = place;
    }

    /// Takes the place of the top.
    private static void down(int[] heap, int place) {
        int here = 0;
        for (int child = 1; child < heap.length; child = 2 * here + 1) {
            if (child + 1 < heap.length && heap[child + 1] > heap[child]) {
                child++;
            }
            if (heap[child] <= place) {
                break;
            }
            heap[here] = heap[child];
            here = child;
        }
        heap[here] = place;
    }

    /// All of them: marks their places and reads off the marks, so that nothing is compared.
    private int[] all(RoaringBitmap hosts, int asked) {
        BitSet marks = new BitSet(sorted.length);
        IntIterator each = hosts.getIntIterator();
        int ordered = 0;
        while (each.hasNext()) {
            int host = each.next();
            if (host >= sorted.length) {
                break;
            }
            marks.set(places[host]);
            ordered++;
        }
        int[] inOrder = new int[ordered];
        int place = marks.nextSetBit(0);
        for (int at = 0; at < ordered; at++) {
            inOrder[at] = sorted[place];
            place = marks.nextSetBit(place + 1);
        }
        return ordered == asked
                ? inOrder
                : merge(inOrder, few(hosts, null, asked - ordered, sorted.length));
    }

    private int firstAfter(HostId after) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (numbers.isAfter(sorted[middle], after)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /// Of those numbered from `from` on.
    private int[] few(RoaringBitmap hosts, @Nullable HostId after, int limit, int from) {
        PriorityQueue<Integer> first = new PriorityQueue<>((a, b) -> numbers.compare(b, a));
        PeekableIntIterator each = hosts.getIntIterator();
        each.advanceIfNeeded(from);
        while (each.hasNext()) {
            int host = each.next();
            if (after != null && !numbers.isAfter(host, after)) {
                continue;
            }
            if (first.size() < limit) {
                first.add(host);
            } else if (numbers.compare(host, first.element()) < 0) {
                first.remove();
                first.add(host);
            }
        }
        return first.stream().sorted(numbers::compare).mapToInt(host -> host).toArray();
    }
}
