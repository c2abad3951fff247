package dev.understudy.protocol.version;

/// `[epoch:]version[-release]`; a part is cut into numbers and runs of letters, whatever stands
/// between them. Where two parts differ first, `~` is older than the end, the end older than `^`,
/// that older than letters, and these older than a number.
///
/// Without a release a version is older than the same with any. All that is neither an ASCII letter
/// or digit nor `~` or `^` only separates, as with rpm.
final class RpmOrder {
    private static final int TILDE = 1;
    private static final int END = 2;
    private static final int CARET = 3;
    private static final int LETTERS = 4;
    private static final int NUMBER = 5;
    private static final int WITHOUT_RELEASE = 0;
    private static final int WITH_RELEASE = 1;

    private RpmOrder() {}

    static int compare(String a, String b) {
        int colonA = colon(a);
        int colonB = colon(b);
        if (colonA > 0 || colonB > 0) {
            int byEpoch = Digits.compare(a, 0, Math.max(colonA, 0), b, 0, Math.max(colonB, 0));
            if (byEpoch != 0) {
                return byEpoch;
            }
        }
        int dashA = a.lastIndexOf('-');
        int dashB = b.lastIndexOf('-');
        int byVersion =
                compareParts(
                        a,
                        colonA + 1,
                        dashA < 0 ? a.length() : dashA,
                        b,
                        colonB + 1,
                        dashB < 0 ? b.length() : dashB);
        if (byVersion != 0) {
            return byVersion;
        }
        return dashA < 0 || dashB < 0
                ? Integer.compare(Math.min(dashA, 0), Math.min(dashB, 0))
                : compareParts(a, dashA + 1, a.length(), b, dashB + 1, b.length());
    }

    static void write(String version, KeyWriter key) {
        int colon = colon(version);
        int dash = version.lastIndexOf('-');
        key.putNumber(0, version, 0, Math.max(colon, 0));
        writePart(version, colon + 1, dash < 0 ? version.length() : dash, key);
        if (dash < 0) {
            key.put(WITHOUT_RELEASE);
        } else {
            key.put(WITH_RELEASE);
            writePart(version, dash + 1, version.length(), key);
        }
    }

    /// Where the epoch ends; -1 if there is none.
    private static int colon(String version) {
        int end = Digits.end(version, 0, version.length());
        return end < version.length() && version.charAt(end) == ':' ? end : -1;
    }

    private static int compareParts(String a, int fromA, int toA, String b, int fromB, int toB) {
        int i = fromA;
        int j = fromB;
        while (true) {
            i = skipSeparators(a, i, toA);
            j = skipSeparators(b, j, toB);
            int kind = kind(a, i, toA);
            int kindB = kind(b, j, toB);
            if (kind != kindB) {
                return kind - kindB;
            }
            if (kind == END) {
                return 0;
            }
            int endA = end(kind, a, i, toA);
            int endB = end(kind, b, j, toB);
            int difference =
                    switch (kind) {
                        case NUMBER -> Digits.compare(a, i, endA, b, j, endB);
                        case LETTERS -> Digits.compareText(a, i, endA, b, j, endB);
                        default -> 0;
                    };
            if (difference != 0) {
                return difference;
            }
            i = endA;
            j = endB;
        }
    }

    private static void writePart(String text, int from, int to, KeyWriter key) {
        int at = skipSeparators(text, from, to);
        int kind = kind(text, at, to);
        while (kind != END) {
            int end = end(kind, text, at, to);
            if (kind == NUMBER) {
                key.putNumber(NUMBER, text, at, end);
            } else {
                key.put(kind);
            }
            if (kind == LETTERS) {
                key.put(text, at, end); // what follows is less than any letter
            }
            at = skipSeparators(text, end, to);
            kind = kind(text, at, to);
        }
        key.put(END);
    }

    private static int kind(String text, int at, int to) {
        if (at >= to) {
            return END;
        }
        char c = text.charAt(at);
        if (Digits.isDigit(c)) {
            return NUMBER;
        }
        return c == '~' ? TILDE : c == '^' ? CARET : LETTERS;
    }

    private static int end(int kind, String text, int at, int to) {
        return switch (kind) {
            case NUMBER -> Digits.end(text, at, to);
            case LETTERS -> endOfLetters(text, at, to);
            default -> at + 1;
        };
    }

    private static int endOfLetters(String text, int from, int to) {
        int end = from;
        while (end < to && isLetter(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static int skipSeparators(String text, int from, int to) {
        int at = from;
        while (at < to && isSeparator(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isSeparator(char c) {
        return !Digits.isDigit(c) && !isLetter(c) && c != '~' && c != '^';
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
