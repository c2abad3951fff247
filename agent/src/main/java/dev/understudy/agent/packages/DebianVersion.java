package dev.understudy.agent.packages;

import java.util.Comparator;

/// The order of Debian versions (policy 5.6.12), as `dpkg --compare-versions` has it.
public final class DebianVersion {
    public static final Comparator<String> ORDER = DebianVersion::compare;

    private DebianVersion() {}

    public static int compare(String left, String right) {
        int byEpoch = digits(epoch(left), epoch(right));
        if (byEpoch != 0) {
            return byEpoch;
        }
        String a = left.substring(left.indexOf(':') + 1);
        String b = right.substring(right.indexOf(':') + 1);
        int byUpstream = part(upstream(a), upstream(b));
        return byUpstream != 0 ? byUpstream : part(revision(a), revision(b));
    }

    private static String epoch(String version) {
        int colon = version.indexOf(':');
        return colon < 0 ? "" : version.substring(0, colon);
    }

    private static String upstream(String version) {
        int dash = version.lastIndexOf('-');
        return dash < 0 ? version : version.substring(0, dash);
    }

    private static String revision(String version) {
        int dash = version.lastIndexOf('-');
        return dash < 0 ? "" : version.substring(dash + 1);
    }

    /// Compares runs of non-digits by [#weight] and runs of digits by number, in turns.
    private static int part(String a, String b) {
        int i = 0;
        int j = 0;
        while (i < a.length() || j < b.length()) {
            while (notDigit(a, i) || notDigit(b, j)) {
                int byWeight = weight(a, i) - weight(b, j);
                if (byWeight != 0) {
                    return byWeight;
                }
                i++;
                j++;
            }
            int endA = endOfDigits(a, i);
            int endB = endOfDigits(b, j);
            int byNumber =
                    digits(
                            a.substring(Math.min(i, a.length()), endA),
                            b.substring(Math.min(j, b.length()), endB));
            if (byNumber != 0) {
                return byNumber;
            }
            i = endA;
            j = endB;
        }
        return 0;
    }

    private static boolean notDigit(String text, int at) {
        return at < text.length() && !isDigit(text.charAt(at));
    }

    private static int endOfDigits(String text, int from) {
        int end = Math.min(from, text.length());
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    /// `~` sorts before the end of the part, letters before everything else.
    private static int weight(String text, int at) {
        if (at >= text.length() || isDigit(text.charAt(at))) {
            return 0;
        }
        char c = text.charAt(at);
        if (c == '~') {
            return -1;
        }
        boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter ? c : c + 256;
    }

    /// Compares numbers of any length.
    private static int digits(String a, String b) {
        String x = a.replaceFirst("^0+", "");
        String y = b.replaceFirst("^0+", "");
        return x.length() != y.length() ? Integer.compare(x.length(), y.length()) : x.compareTo(y);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
