package dev.understudy.protocol.version;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Versions by chance, many of them nearly alike, so that comparisons go deep. The same seed gives
/// the same.
final class RandomVersions {
    private final Random random;
    private final String first;
    private final String alphabet;
    private final String[] pieces;

    /// @param first what a version starts with
    /// @param alphabet single characters between the pieces
    private RandomVersions(long seed, String first, String alphabet, String... pieces) {
        this.random = new Random(seed);
        this.first = first;
        this.alphabet = alphabet;
        this.pieces = pieces;
    }

    /// Such as dpkg takes without a word.
    static RandomVersions ofDpkg(long seed) {
        return new RandomVersions(
                seed,
                "0123456789",
                "000119abzAZ.+~-",
                "~",
                "~~",
                "00",
                "+deb12u",
                "-1",
                "~rc",
                "99999999999999999999");
    }

    /// Such as rpm takes.
    static RandomVersions ofRpm(long seed) {
        return new RandomVersions(
                seed,
                "0123456789abZ~^._",
                "000119abzAZ._+~^-:",
                "~",
                "^",
                "~^",
                "00",
                ".el9_",
                "-1",
                "~rc",
                "^git",
                "99999999999999999999");
    }

    /// Mostly such as apk takes.
    static RandomVersions ofApk(long seed) {
        return new RandomVersions(
                seed,
                "0123456789",
                "0019ap.",
                ".0",
                ".1",
                "_alpha",
                "_beta",
                "_pre",
                "_rc",
                "_cvs",
                "_svn",
                "_git",
                "_hg",
                "_p",
                "~ab12",
                "~0",
                "-r0",
                "-r1",
                "-r10",
                ".00",
                ".01",
                "b",
                "99999999999999999999");
    }

    /// Whatever may come in over a wire.
    static RandomVersions hostile(long seed) {
        return new RandomVersions(
                seed,
                "0a:-~^._\u00e9 ",
                "01aAzZ.~^-_:+ \t\u0000\u007f\u0080\u00e9\u2028\uffff",
                "",
                "_alpha",
                "_p",
                "-r",
                "~",
                "1:",
                "0".repeat(300),
                "1".repeat(300),
                "\ud83d\ude00");
    }

    List<Pair> pairs(int count) {
        List<Pair> pairs = new ArrayList<>(count);
        while (pairs.size() < count) {
            String a = next();
            pairs.add(new Pair(a, random.nextInt(3) == 0 ? next() : near(a)));
        }
        return pairs;
    }

    String next() {
        StringBuilder version = new StringBuilder();
        if (random.nextInt(5) == 0) {
            version.append(random.nextInt(3)).append(':');
        }
        version.append(first.charAt(random.nextInt(first.length())));
        for (int length = random.nextInt(10); length > 0; length--) {
            version.append(piece());
        }
        return ended(version.append(random.nextInt(4) == 0 ? "-1" : ""));
    }

    /// The same but for a piece or two after its first characters.
    String near(String version) {
        StringBuilder near = new StringBuilder(version);
        int from = Math.min(version.indexOf(':') + 2, version.length());
        for (int changes = random.nextInt(3); changes > 0; changes--) {
            int at = from + random.nextInt(near.length() - from + 1);
            if (random.nextBoolean() || at == near.length()) {
                near.insert(at, piece());
            } else {
                near.deleteCharAt(at);
            }
        }
        return ended(near);
    }

    /// dpkg and rpm take no revision that is empty.
    private String ended(StringBuilder version) {
        return version.charAt(version.length() - 1) == '-' && !first.contains("\u00e9")
                ? version.append('1').toString()
                : version.toString();
    }

    private String piece() {
        return random.nextInt(3) == 0
                ? pieces[random.nextInt(pieces.length)]
                : String.valueOf(alphabet.charAt(random.nextInt(alphabet.length())));
    }
}
