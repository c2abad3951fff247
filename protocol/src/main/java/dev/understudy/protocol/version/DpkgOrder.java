package dev.understudy.protocol.version;

/// `[epoch:]upstream[-revision]`; in a part, runs of what is no digit and numbers take turns. In
/// the runs `~` sorts before the end, the end before letters, letters before everything else.
///
/// dpkg refuses an epoch that is no number: here its colon is a character like others. Characters
/// that dpkg refuses sort by their code after the letters.
final class DpkgOrder {
    private static final int END_OF_RUN = 2;
    private static final int OTHERS = 128;
    private static final int BEYOND_ASCII = 0xff;

    private DpkgOrder() {}

    static int compare(String a, String b) {
        int colonA = colon(a);
        int colonB = colon(b);
        if (colonA > 0 || colonB > 0) {
            int byEpoch = Digits.compare(a, 0, Math.max(colonA, 0), b, 0, Math.max(colonB, 0));
            if (byEpoch != 0) {
                return byEpoch;
            }
        }
        int dashA = dash(a, colonA);
        int dashB = dash(b, colonB);
        int byUpstream = compareParts(a, colonA + 1, dashA, b, colonB + 1, dashB);
        return byUpstream != 0
                ? byUpstream
                : compareParts(
                        a,
                        Math.min(dashA + 1, a.length()),
                        a.length(),
                        b,
                        Math.min(dashB + 1, b.length()),
                        b.length());
    }

    static void write(String version, KeyWriter key) {
        int colon = colon(version);
        int dash = dash(version, colon);
        key.putNumber(0, version, 0, Math.max(colon, 0));
        writePart(version, colon + 1, dash, key);
        writePart(version, Math.min(dash + 1, version.length()), version.length(), key);
    }

    /// Where the epoch ends; -1 if there is none.
    private static int colon(String version) {
        int colon = version.indexOf(':');
        return colon >= 0 && Digits.end(version, 0, colon) == colon ? colon : -1;
    }

    /// Where the upstream version ends: at the last dash or at the end.
    private static int dash(String version, int colon) {
        int dash = version.lastIndexOf('-');
        return dash > colon ? dash : version.length();
    }

    /// Compares two texts without epoch and revision.
    static int compareParts(String a, int fromA, int toA, String b, int fromB, int toB) {
        int i = fromA;
        int j = fromB;
        while (i < toA || j < toB) {
            int weightA = weight(a, i, toA);
            int weightB = weight(b, j, toB);
            while (weightA != END_OF_RUN || weightB != END_OF_RUN) {
                if (weightA != weightB) {
                    return weightA - weightB;
                }
                weightA = weight(a, ++i, toA);
                weightB = weight(b, ++j, toB);
            }
            int endA = Digits.end(a, i, toA);
            int endB = Digits.end(b, j, toB);
            int byNumber = Digits.compare(a, i, endA, b, j, endB);
            if (byNumber != 0) {
                return byNumber;
            }
            i = endA;
            j = endB;
        }
        return 0;
    }

    static void writePart(String text, int from, int to, KeyWriter key) {
        int at = from;
        do {
            for (int weight = weight(text, at, to); weight != END_OF_RUN; ) {
                if (weight < BEYOND_ASCII) {
                    key.put(weight);
                } else {
                    key.put(BEYOND_ASCII);
                    key.put(weight >> 16);
                    key.put(weight >> 8 & 0xff);
                    key.put(weight & 0xff);
                }
                weight = weight(text, ++at, to);
            }
            int end = Digits.end(text, at, to);
            key.putNumber(END_OF_RUN, text, at, end);
            at = end;
        } while (at < to);
        key.put(END_OF_RUN);
    }

    /// Above 0; what is refused as a character may weigh more than a byte holds.
    private static int weight(String text, int at, int to) {
        if (at >= to) {
            return END_OF_RUN;
        }
        char c = text.charAt(at);
        if (Digits.isDigit(c)) {
            return END_OF_RUN;
        }
        if (c == '~') {
            return 1;
        }
        boolean letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        return letter ? c : c + OTHERS;
    }
}
