package dev.understudy.protocol.version;

/// Numbers as runs of digits within a text, so that none is too long.
final class Digits {
    private Digits() {}

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /// Where the run of digits ends that starts at `from`.
    static int end(String text, int from, int to) {
        int end = from;
        while (end < to && isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    static int skipZeros(String text, int from, int to) {
        int first = from;
        while (first < to && text.charAt(first) == '0') {
            first++;
        }
        return first;
    }

    /// Compares two numbers; no digits at all are 0.
    static int compare(String a, int fromA, int toA, String b, int fromB, int toB) {
        int i = skipZeros(a, fromA, toA);
        int j = skipZeros(b, fromB, toB);
        int byLength = Integer.compare(toA - i, toB - j);
        return byLength != 0 ? byLength : compareText(a, i, toA, b, j, toB);
    }

    /// Compares character by character; of a text and its beginning the beginning is less.
    static int compareText(String a, int fromA, int toA, String b, int fromB, int toB) {
        int i = fromA;
        int j = fromB;
        while (i < toA && j < toB) {
            int difference = a.charAt(i++) - b.charAt(j++);
            if (difference != 0) {
                return difference;
            }
        }
        return Integer.compare(toA - i, toB - j);
    }
}
