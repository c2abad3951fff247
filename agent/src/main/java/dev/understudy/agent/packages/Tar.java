package dev.understudy.agent.packages;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads a tar stream entry by entry, as far as dpkg writes it: ustar with GNU long names and pax
/// paths. Anything else in it is skipped, and what cannot be a tar stream is an [IOException].
final class Tar {
    private static final int BLOCK = 512;
    private static final int LONGEST_NAME = 64 << 10;
    private static final long LARGEST_ENTRY = 1L << 40;

    private final InputStream in;
    private long left;
    private long padding;

    /// @param link what a symbolic link points to; empty for anything else
    record Entry(String name, boolean file, String link, long size) {}

    Tar(InputStream in) {
        this.in = in;
    }

    /// The next entry, whose content can then be had from [#content(int)]; empty at the end.
    Optional<Entry> next() throws IOException {
        String longName = "";
        String longLink = "";
        while (true) {
            in.skipNBytes(left + padding);
            byte[] header = in.readNBytes(BLOCK);
            if (header.length == 0 || (header.length == BLOCK && header[0] == 0)) {
                return Optional.empty();
            }
            if (header.length < BLOCK) {
                throw new EOFException("the archive is cut off in a header");
            }
            left = octal(header, 124, 12);
            if (left > LARGEST_ENTRY) {
                throw new IOException("not a tar stream: an entry of %d bytes".formatted(left));
            }
            padding = (BLOCK - left % BLOCK) % BLOCK;
            char type = (char) header[156];
            switch (type) {
                case 'L' -> longName = name();
                case 'K' -> longLink = name();
                case 'x' -> {
                    String pax = name();
                    longName = pax(pax, "path", longName);
                    longLink = pax(pax, "linkpath", longLink);
                }
                default -> {
                    boolean file = type == '0' || type == 0;
                    String own = text(header, 0, 100);
                    String prefix = prefix(header);
                    String link = type == '2' ? text(header, 157, 100) : "";
                    return Optional.of(
                            new Entry(
                                    longName.isEmpty() ? prefix + own : longName,
                                    file,
                                    type == '2' && !longLink.isEmpty() ? longLink : link,
                                    left));
                }
            }
        }
    }

    /// The content of the entry just read, up to `atMost` bytes.
    InputStream content(int atMost) throws IOException {
        if (left > atMost) {
            throw new IOException("an entry of %d bytes; at most %d".formatted(left, atMost));
        }
        byte[] bytes = in.readNBytes((int) left);
        if (bytes.length < left) {
            throw new EOFException("the archive is cut off in a file");
        }
        left = 0;
        return new java.io.ByteArrayInputStream(bytes);
    }

    private String name() throws IOException {
        String name = new String(content(LONGEST_NAME).readAllBytes(), StandardCharsets.UTF_8);
        int end = name.indexOf(0);
        return end < 0 ? name : name.substring(0, end);
    }

    /// pax records: `LENGTH KEY=VALUE\n`.
    private static String pax(String records, String key, String otherwise) {
        return records.lines()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .findFirst()
                .orElse(otherwise);
    }

    private static String prefix(byte[] header) {
        boolean ustar = text(header, 257, 6).equals("ustar");
        String prefix = ustar ? text(header, 345, 155) : "";
        return prefix.isEmpty() ? "" : prefix + "/";
    }

    private static String text(byte[] header, int from, int length) {
        int end = from;
        while (end < from + length && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.UTF_8);
    }

    /// An octal number, or a big-endian one where the first bit is set.
    private static long octal(byte[] header, int from, int length) throws IOException {
        if ((header[from] & 0x80) != 0) {
            long number = 0;
            for (int i = from + length - 8; i < from + length; i++) {
                number = (number << 8) | (header[i] & 0xff);
            }
            if (number < 0) {
                throw new IOException("not a tar stream: a size below zero");
            }
            return number;
        }
        String digits = text(header, from, length).strip();
        if (!digits.matches("[0-7]{1,12}")) {
            throw new IOException("not a tar stream: '%s' is not a size".formatted(digits));
        }
        return Long.parseLong(digits, 8);
    }
}
