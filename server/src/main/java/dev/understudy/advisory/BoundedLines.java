package dev.understudy.advisory;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lines, or rows of RFC 4180, of bounded length: BufferedReader's own would take a line of any
/// length into memory.
public final class BoundedLines implements AutoCloseable {
    private final BufferedReader reader;
    private final int longest;
    private long count;

    public BoundedLines(InputStream in, int longest) {
        this.reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.longest = longest;
    }

    /// The number of the line that was read last, from 1.
    public long count() {
        return count;
    }

    /// The next line without its end; null at the end.
    public @Nullable String next() throws IOException, FeedException {
        StringBuilder line = new StringBuilder();
        int c = reader.read();
        if (c < 0) {
            return null;
        }
        count++;
        for (; c >= 0 && c != '\n'; c = reader.read()) {
            append(line, c);
        }
        int end = line.length();
        return end > 0 && line.charAt(end - 1) == '\r'
                ? line.substring(0, end - 1)
                : line.toString();
    }

    /// The cells of the next row, in which quoted cells may hold commas and ends of lines; null at
    /// the end.
    public @Nullable List<String> row() throws IOException, FeedException {
        int c = reader.read();
        if (c < 0) {
            return null;
        }
        count++;
        List<String> cells = new ArrayList<>();
        StringBuilder cell = new StringBuilder();
        int length = 0;
        boolean quoted = false;
        for (; c >= 0 && (quoted || c != '\n'); c = reader.read()) {
            if (++length > longest) {
                throw tooLong();
            }
            if (c == '"') {
                // Within quotes, a doubled quote is a quote.
                reader.mark(1);
                if (quoted && reader.read() == '"') {
                    cell.append('"');
                } else {
                    reader.reset();
                    quoted = !quoted;
                }
            } else if (c == ',' && !quoted) {
                cells.add(cell.toString());
                cell.setLength(0);
            } else if (c != '\r' || quoted) {
                cell.append((char) c);
            }
        }
        if (quoted) {
            throw new FeedException("row %d ends within a quoted cell".formatted(count));
        }
        cells.add(cell.toString());
        return cells;
    }

    private void append(StringBuilder line, int c) throws FeedException {
        if (line.length() == longest) {
            throw tooLong();
        }
        line.append((char) c);
    }

    private FeedException tooLong() {
        return new FeedException("line %d is too long".formatted(count));
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
