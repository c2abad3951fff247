package dev.understudy.agent.packages;

import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/// The lines of a text from somebody else, which may have been packed from gigabytes: neither a
/// long line nor a long text fills the memory.
final class Lines {
    private static final int LONGEST = 1 << 20;

    private final Reader text;
    private final char[] buffer = new char[8_192];
    private final StringBuilder line = new StringBuilder();
    private long left;
    private int at;
    private int end;

    /// @param atMost characters that are read; more are an error
    Lines(Reader text, long atMost) {
        this.text = text;
        this.left = atMost;
    }

    /// The next line; null at the end.
    @Nullable String next() throws IOException {
        line.setLength(0);
        boolean any = false;
        while (at < end || fill()) {
            any = true;
            char c = buffer[at++];
            if (c == '\n') {
                return line.toString();
            }
            if (line.length() == LONGEST) {
                throw new IOException("a line is longer than %d characters".formatted(LONGEST));
            }
            line.append(c);
        }
        return any ? line.toString() : null;
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, text.read(buffer));
        left -= end;
        if (left < 0) {
            throw new IOException("the text is longer than allowed");
        }
        return end > 0;
    }
}
