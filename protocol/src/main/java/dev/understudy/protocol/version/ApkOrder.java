package dev.understudy.protocol.version;

/// `number{.number}{letter}{_suffix{number}}{~hash}{-rN}`. Two versions are read in step; where
/// what comes next is of two kinds, the kinds' order below decides.
///
/// What apk 3 refuses is ordered as it falls back to: as far as it can be read, and older than the
/// same version where it could be read no further. Two that become unreadable at the same place are
/// equal to it; here the rest decides, as apk 2 could read more of them (`3.3.3p1-r3`), and a
/// version that is not known to have a fix must not pass for one that has it.
final class ApkOrder {
    private static final int UNREADABLE = 5;
    private static final int END = 6;
    private static final int REVISION = 7;
    private static final int HASH = 8;
    private static final int SUFFIX_NUMBER = 9;
    private static final int LETTER = 15;
    private static final int NUMBER = 16;
    private static final int FIRST_NUMBER = 17;
    private static final int START = 18;

    /// From the oldest: these come before the end of a version,
    private static final String[] BEFORE = {"alpha", "beta", "pre", "rc"};

    private static final int FIRST_BEFORE = 1;

    /// and these after it.
    private static final String[] AFTER = {"cvs", "svn", "git", "hg", "p"};

    private static final int FIRST_AFTER = 10;

    private ApkOrder() {}

    static int compare(String a, String b) {
        int before = START;
        int i = 0;
        int j = 0;
        while (true) {
            int kind = kind(before, a, i);
            int kindB = kind(before, b, j);
            if (kind != kindB) {
                return kind - kindB;
            }
            if (kind == END) {
                return 0;
            }
            if (kind == UNREADABLE) {
                return DpkgOrder.compareParts(a, i, a.length(), b, j, b.length());
            }
            i = startOfValue(kind, i);
            j = startOfValue(kind, j);
            int endA = endOfValue(kind, a, i);
            int endB = endOfValue(kind, b, j);
            int difference = compareValues(kind, a, i, endA, b, j, endB);
            if (difference != 0) {
                return difference;
            }
            i = endA;
            j = endB;
            before = kind;
        }
    }

    static void write(String version, KeyWriter key) {
        int at = 0;
        int kind = kind(START, version, 0);
        while (kind != END && kind != UNREADABLE) {
            key.put(kind);
            at = startOfValue(kind, at);
            int end = endOfValue(kind, version, at);
            writeValue(kind, version, at, end, key);
            at = end;
            kind = kind(kind, version, at);
        }
        key.put(kind);
        if (kind == UNREADABLE) {
            DpkgOrder.writePart(version, at, version.length(), key);
        }
    }

    private static int compareValues(
            int kind, String a, int fromA, int toA, String b, int fromB, int toB) {
        return switch (kind) {
            case FIRST_NUMBER, SUFFIX_NUMBER, REVISION ->
                    Digits.compare(a, fromA, toA, b, fromB, toB);
            case NUMBER ->
                    a.charAt(fromA) == '0' || b.charAt(fromB) == '0'
                            ? Digits.compareText(a, fromA, toA, b, fromB, toB)
                            : Digits.compare(a, fromA, toA, b, fromB, toB);
            case LETTER, HASH -> Digits.compareText(a, fromA, toA, b, fromB, toB);
            default -> 0; // the suffix is the kind
        };
    }

    /// Where texts follow, what comes next is less than any of their characters.
    private static void writeValue(int kind, String text, int from, int to, KeyWriter key) {
        switch (kind) {
            case FIRST_NUMBER, SUFFIX_NUMBER, REVISION -> key.putNumber(0, text, from, to);
            case NUMBER -> {
                if (text.charAt(from) == '0') {
                    key.put(0);
                    key.put(text, from, to);
                } else {
                    key.putNumber(0, text, from, to);
                }
            }
            case LETTER, HASH -> key.put(text, from, to);
            default -> {}
        }
    }

    /// What comes next, by what was there before.
    private static int kind(int before, String text, int at) {
        if (before == START) {
            return isDigit(text, at) ? FIRST_NUMBER : UNREADABLE;
        }
        if (at == text.length()) {
            return END;
        }
        char c = text.charAt(at);
        return switch (c) {
            case '.' -> before >= NUMBER && isDigit(text, at + 1) ? NUMBER : UNREADABLE;
            case '_' -> before > HASH || before < UNREADABLE ? suffix(text, at + 1) : UNREADABLE;
            case '~' ->
                    before != HASH && before != REVISION && isHex(text, at + 1) ? HASH : UNREADABLE;
            case '-' ->
                    before != REVISION && text.startsWith("r", at + 1) && isDigit(text, at + 2)
                            ? REVISION
                            : UNREADABLE;
            default -> {
                if (isLetter(c)) {
                    yield before >= NUMBER ? LETTER : UNREADABLE;
                }
                yield Digits.isDigit(c) && isSuffix(before) ? SUFFIX_NUMBER : UNREADABLE;
            }
        };
    }

    private static int suffix(String text, int from) {
        int length = endOfLetters(text, from) - from;
        for (int i = 0; i < BEFORE.length; i++) {
            if (BEFORE[i].length() == length && text.startsWith(BEFORE[i], from)) {
                return FIRST_BEFORE + i;
            }
        }
        for (int i = 0; i < AFTER.length; i++) {
            if (AFTER[i].length() == length && text.startsWith(AFTER[i], from)) {
                return FIRST_AFTER + i;
            }
        }
        return UNREADABLE;
    }

    private static boolean isSuffix(int kind) {
        return kind < UNREADABLE || (kind >= FIRST_AFTER && kind < LETTER);
    }

    private static int startOfValue(int kind, int at) {
        return switch (kind) {
            case FIRST_NUMBER, SUFFIX_NUMBER, LETTER -> at;
            case REVISION -> at + 2;
            default -> at + 1;
        };
    }

    private static int endOfValue(int kind, String text, int from) {
        return switch (kind) {
            case FIRST_NUMBER, NUMBER, SUFFIX_NUMBER, REVISION ->
                    Digits.end(text, from, text.length());
            case LETTER -> from + 1;
            case HASH -> endOfHex(text, from);
            default -> endOfLetters(text, from);
        };
    }

    private static int endOfLetters(String text, int from) {
        int end = from;
        while (end < text.length() && isLetter(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static int endOfHex(String text, int from) {
        int end = from;
        while (isHex(text, end)) {
            end++;
        }
        return end;
    }

    private static boolean isDigit(String text, int at) {
        return at < text.length() && Digits.isDigit(text.charAt(at));
    }

    private static boolean isHex(String text, int at) {
        return isDigit(text, at)
                || (at < text.length() && text.charAt(at) >= 'a' && text.charAt(at) <= 'f');
    }

    private static boolean isLetter(char c) {
        return c >= 'a' && c <= 'z';
    }
}
