package dev.understudy.protocol.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What becomes of a valid text on its way to us, and what somebody may send in its place. Every
/// call makes the same inputs in the same order.
final class Damage {
    private static final int CUTS = 1_000;
    private static final int FLIPS = 600;
    private static final int MIXED = 1_000;
    private static final int LINES = 120;
    private static final int NUMBERS = 60;
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    private static final List<String> OTHER_NUMBERS =
            List.of(
                    "",
                    "-1",
                    "-9223372036854775809",
                    "2147483648",
                    "9223372036854775808",
                    "9".repeat(400),
                    "1e999",
                    "0x1",
                    "NaN",
                    "١٢");

    /// NUL, cut-off and overlong UTF-8, half a surrogate pair, a mark of byte order, a line
    /// separator, an escape.
    private static final List<byte[]> STRAY =
            List.of(
                    new byte[] {0},
                    new byte[] {(byte) 0xff},
                    new byte[] {(byte) 0xc0, (byte) 0x80},
                    new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                    new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf},
                    "\u2028".getBytes(StandardCharsets.UTF_8),
                    "\r\n".getBytes(StandardCharsets.UTF_8),
                    "\u001b[2J".getBytes(StandardCharsets.UTF_8));

    private final byte[] whole;
    private final Random random = new Random(20_261_125L);

    Damage(byte[] whole) {
        this.whole = whole;
    }

    void each(Consumer<byte[]> input) {
        cutOff(input);
        flipped(input);
        stray(input);
        lines(input);
        numbers(input);
        mixed(input);
        huge(input);
    }

    private void cutOff(Consumer<byte[]> input) {
        int step = Math.max(1, whole.length / CUTS);
        for (int length = 0; length < whole.length; length += step) {
            input.accept(Arrays.copyOf(whole, length));
            input.accept(Arrays.copyOfRange(whole, length + 1, whole.length));
        }
    }

    private void flipped(Consumer<byte[]> input) {
        for (int i = 0; i < Math.min(FLIPS, whole.length * 8); i++) {
            byte[] bytes = whole.clone();
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            input.accept(bytes);
        }
    }

    private void stray(Consumer<byte[]> input) {
        for (byte[] stray : STRAY) {
            for (int i = 0; i < 40; i++) {
                int at = i == 0 ? 0 : random.nextInt(whole.length + 1);
                input.accept(spliced(at, at, stray));
            }
        }
    }

    private void lines(Consumer<byte[]> input) {
        List<String> lines = text().lines().toList();
        int step = Math.max(1, lines.size() / LINES);
        for (int i = 0; i < lines.size(); i += step) {
            List<String> without = new ArrayList<>(lines);
            String line = without.remove(i);
            accept(input, without);
            List<String> twice = new ArrayList<>(lines);
            twice.add(i, line);
            accept(input, twice);
            List<String> moved = new ArrayList<>(without);
            moved.add(random.nextInt(moved.size() + 1), line);
            accept(input, moved);
            if (i > 0) {
                List<String> joined = new ArrayList<>(without);
                joined.set(i - 1, joined.get(i - 1) + line);
                accept(input, joined);
            }
        }
    }

    private static void accept(Consumer<byte[]> input, List<String> lines) {
        input.accept((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private void numbers(Consumer<byte[]> input) {
        String text = text();
        Matcher number = NUMBER.matcher(text);
        for (int i = 0; i < NUMBERS && number.find(); i++) {
            for (String other : OTHER_NUMBERS) {
                String changed =
                        text.substring(0, number.start()) + other + text.substring(number.end());
                input.accept(changed.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    /// Several kinds of damage at once.
    private void mixed(Consumer<byte[]> input) {
        byte[] syntax =
                " \t\n\r\0\"'{}[]()<>:;,=-+.~|/\\0129azAZ*?$%".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < MIXED; i++) {
            byte[] bytes = whole;
            for (int edits = 1 + random.nextInt(5); edits > 0 && bytes.length > 0; edits--) {
                int from = random.nextInt(bytes.length);
                int to = from + random.nextInt(Math.min(bytes.length - from, 40) + 1);
                byte[] piece =
                        switch (random.nextInt(4)) {
                            case 0 -> new byte[0];
                            case 1 -> new byte[] {syntax[random.nextInt(syntax.length)]};
                            case 2 -> STRAY.get(random.nextInt(STRAY.size()));
                            default -> {
                                int start = random.nextInt(whole.length);
                                int end =
                                        start
                                                + random.nextInt(
                                                        Math.min(whole.length - start, 60) + 1);
                                yield Arrays.copyOfRange(whole, start, end);
                            }
                        };
                bytes = spliced(bytes, from, to, piece);
            }
            input.accept(bytes);
        }
    }

    /// Far more than anybody sends who means well.
    private void huge(Consumer<byte[]> input) {
        String text = text();
        input.accept(new byte[0]);
        input.accept(new byte[64 << 10]);
        byte[] noise = new byte[64 << 10];
        random.nextBytes(noise);
        input.accept(noise);
        for (String piece :
                List.of("a", " ", "\n", "[", "{\"a\":", "\"", "(", "-", " obsolete", "\\")) {
            String many = piece.repeat((256 << 10) / piece.length());
            input.accept(many.getBytes(StandardCharsets.UTF_8));
            int at = random.nextInt(whole.length + 1);
            input.accept(spliced(at, at, many.getBytes(StandardCharsets.UTF_8)));
        }
        input.accept(
                text.repeat(Math.max(1, (512 << 10) / whole.length))
                        .getBytes(StandardCharsets.UTF_8));
        String oneLine = text.replace("\n", " ");
        input.accept(
                oneLine.repeat(Math.max(1, (512 << 10) / whole.length))
                        .getBytes(StandardCharsets.UTF_8));
    }

    private byte[] spliced(int from, int to, byte[] piece) {
        return spliced(whole, from, to, piece);
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] piece) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + piece.length);
        out.write(bytes, 0, from);
        out.writeBytes(piece);
        out.write(bytes, to, bytes.length - to);
        return out.toByteArray();
    }

    private String text() {
        return new String(whole, StandardCharsets.UTF_8);
    }
}
