package dev.understudy.agent.log;

import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// One line per event on standard error. Under systemd the line starts with its priority
/// (sd-daemon(3)) and journald adds the time; elsewhere it starts with the time. Control characters
/// in a message are shown escaped, so that no message can pretend to be two.
@SuppressWarnings("AnnotateFormatMethod") // its annotation lives in a library that hosts do without
public final class Log {
    private static final PrintStream ERR = System.err;
    private static final boolean JOURNALD = System.getenv("JOURNAL_STREAM") != null;

    private Log() {}

    public static void info(String message, @Nullable Object... values) {
        write(6, "INFO", message, values);
    }

    public static void warn(String message, @Nullable Object... values) {
        write(4, "WARN", message, values);
    }

    public static void error(String message, @Nullable Object... values) {
        write(3, "ERROR", message, values);
    }

    /// A fault of the agent itself, with all that helps to find it.
    public static void fault(String message, Throwable thrown) {
        error("%s: %s", message, thrown);
        thrown.printStackTrace(ERR);
    }

    private static void write(
            int priority, String level, String message, @Nullable Object... values) {
        String text = escaped(values.length == 0 ? message : message.formatted(values));
        ERR.println(
                JOURNALD
                        ? "<%d>%s".formatted(priority, text)
                        : "%s %-5s %s"
                                .formatted(
                                        Instant.now().truncatedTo(ChronoUnit.MILLIS), level, text));
    }

    static String escaped(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.strip()
                .codePoints()
                .forEach(
                        c -> {
                            if (Character.isISOControl(c)) {
                                line.append(c == '\n' ? "⏎ " : "\\u%04x".formatted(c));
                            } else {
                                line.appendCodePoint(c);
                            }
                        });
        return line.toString();
    }
}
