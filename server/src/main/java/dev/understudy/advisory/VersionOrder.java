package dev.understudy.advisory;

import java.util.Comparator;

/// How package managers order versions.
public final class VersionOrder {
    /// As dpkg does (deb-version(7)): epoch, upstream version, revision; runs of digits compare as
    /// numbers of any length, `~` sorts before the end, letters before everything else.
    public static final Comparator<String> DPKG = VersionOrder::compareDpkg;

    private VersionOrder() {}

    private static int compareDpkg(String a, String b) {
        int byEpoch = compareNumbers(epoch(a), epoch(b));
        if (byEpoch != 0) {
            return byEpoch;
        }
        String restA = afterEpoch(a);
        String restB = afterEpoch(b);
        int byUpstream = compareParts(upstream(restA), upstream(restB));
        return byUpstream != 0 ? byUpstream : compareParts(revision(restA), revision(restB));
    }

    private static String epoch(String version) {
        int colon = version.indexOf(':');
        return colon < 0 ? "" : version.substring(0, colon);
    }

    private static String afterEpoch(String version) {
        return version.substring(version.indexOf(':') + 1);
    }

    private static String upstream(String version) {
        int dash = version.lastIndexOf('-');
        return dash < 0 ? version : version.substring(0, dash);
    }

    private static String revision(String version) {
        int dash = version.lastIndexOf('-');
        return dash < 0 ? "" : version.substring(dash + 1);
    }

    /// Runs of what is no digit and runs of digits, by turns.
    private static int compareParts(String a, String b) {
        int i = 0;
        int j = 0;
        while (i < a.length() || j < b.length()) {
            while ((i < a.length() && !isDigit(a.charAt(i)))
                    || (j < b.length() && !isDigit(b.charAt(j)))) {
                int difference = Integer.compare(weight(a, i++), weight(b, j++));
                if (difference != 0) {
                    return difference;
                }
            }
            int endA = endOfDigits(a, i);
            int endB = endOfDigits(b, j);
            int difference = compareNumbers(slice(a, i, endA), slice(b, j, endB));
            if (difference != 0) {
                return difference;
            }
            i = endA;
            j = endB;
        }
        return 0;
    }

    private static String slice(String text, int from, int to) {
        return from >= text.length() ? "" : text.substring(from, to);
    }

    private static int endOfDigits(String text, int from) {
        int end = from;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    /// Numbers as text, so that none is too long.
    private static int compareNumbers(String a, String b) {
        String significantA = withoutZeros(a);
        String significantB = withoutZeros(b);
        int byLength = Integer.compare(significantA.length(), significantB.length());
        return byLength != 0 ? byLength : significantA.compareTo(significantB);
    }

    private static String withoutZeros(String digits) {
        int first = 0;
        while (first < digits.length() && digits.charAt(first) == '0') {
            first++;
        }
        return digits.substring(first);
    }

    /// The end of a part, and a digit, weigh nothing.
    private static int weight(String text, int at) {
        if (at >= text.length() || isDigit(text.charAt(at))) {
            return 0;
        }
        char c = text.charAt(at);
        if (c == '~') {
            return -1;
        }
        boolean letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        return letter ? c : c + 256;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
