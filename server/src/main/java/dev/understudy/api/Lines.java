package dev.understudy.api;

import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An answer that is written line by line, however long it is. One that breaks off lacks nothing
/// but its end: the connection is closed without the last chunk, which clients see as an error.
final class Lines {
    private final HttpServletResponse response;
    private final String contentType;
    private @Nullable Object @Nullable [] head;
    private @Nullable Writer out;

    Lines(HttpServletResponse response, String contentType) {
        this.response = response;
        this.contentType = contentType;
    }

    /// The answer begins with the first line, so that what is refused before is still a problem.
    void write(String line) {
        try {
            Writer writer = writer();
            writer.write(line);
            writer.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The names of columns: they come before the first line, or at the end where there is none.
    void head(@Nullable Object... names) {
        head = names;
    }

    /// A line as RFC 4180 has it. A text that a spreadsheet would take for a formula is made a
    /// text.
    void csv(@Nullable Object... values) {
        writeHead();
        write(Arrays.stream(values).map(Lines::quoted).collect(Collectors.joining(",")));
    }

    private void writeHead() {
        Object[] names = head;
        head = null;
        if (names != null) {
            csv(names);
        }
    }

    private static String quoted(@Nullable Object value) {
        String text = Objects.toString(value, "");
        if (!text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0) {
            text = "'" + text;
        }
        return text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
                ? '"' + text.replace("\"", "\"\"") + '"'
                : text;
    }

    void end() throws IOException {
        writeHead();
        writer().flush();
    }

    private Writer writer() throws IOException {
        if (out == null) {
            response.setContentType(contentType);
            response.setCharacterEncoding(StandardCharsets.UTF_8.name());
            out =
                    new BufferedWriter(
                            new OutputStreamWriter(
                                    response.getOutputStream(), StandardCharsets.UTF_8),
                            1 << 16);
        }
        return out;
    }
}
