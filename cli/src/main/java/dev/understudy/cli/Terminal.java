package dev.understudy.cli;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What a person sees: tables without frames, times in the local zone, durations in words.
final class Terminal {
    private static final DateTimeFormatter DAY_AND_TIME =
            DateTimeFormatter.ofPattern("d MMM HH:mm z", Locale.ENGLISH)
                    .withZone(ZoneId.systemDefault());
    private static final DateTimeFormatter WITH_YEAR =
            DateTimeFormatter.ofPattern("d MMM uuuu HH:mm z", Locale.ENGLISH)
                    .withZone(ZoneId.systemDefault());

    private final PrintStream out;
    private final boolean json;

    Terminal(PrintStream out, boolean json) {
        this.out = out;
        this.json = json;
    }

    /// Whether a person is at the other end, rather than a file or a program.
    @SuppressWarnings("SystemConsoleNull") // It is null where the runtime has no jdk.internal.le.
    static boolean interactive() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    boolean json() {
        return json;
    }

    void line(String format, Object... values) {
        out.println(values.length == 0 ? format : format.formatted(values));
    }

    /// Prints the answer as JSON when that was asked for, else whatever `people` prints.
    void show(Json answer, Runnable people) {
        if (json) {
            out.println(answer.pretty());
        } else {
            people.run();
        }
    }

    /// A column: its header, and what it shows of a row.
    record Field<T>(String header, Function<T, String> of) {}

    static <T> Field<T> field(String header, Function<T, String> of) {
        return new Field<>(header, of);
    }

    @SafeVarargs
    final <T> void table(Collection<T> rows, String whenEmpty, Field<T>... fields) {
        if (rows.isEmpty()) {
            line("%s", whenEmpty);
            return;
        }
        List<Field<T>> columns = new ArrayList<>();
        for (Field<T> field : fields) {
            columns.add(field);
        }
        Tables.of(List.copyOf(rows), columns, width()).forEach(out::println);
    }

    /// Says how much of a list was not shown, and how to see it.
    void more(Json page) {
        String cursor = page.text("cursor");
        if (!cursor.isEmpty()) {
            String of = page.text("total").isEmpty() ? "" : " of " + page.text("total");
            line(
                    "%d%s. The next: --cursor %s. All of them: --csv",
                    page.items().size(), of, cursor);
        }
    }

    /// How many columns there are to fill; 0 where nobody looks, as in a file or a pipe.
    @SuppressWarnings("SystemConsoleNull") // As above.
    int width() {
        String columns = System.getenv("COLUMNS");
        return interactive() && columns != null && columns.matches("[1-9][0-9]{1,4}")
                ? Integer.parseInt(columns)
                : 0;
    }

    static String time(@Nullable Instant instant) {
        if (instant == null) {
            return "–";
        }
        boolean near = Duration.between(instant, Instant.now()).abs().toDays() < 180;
        return (near ? DAY_AND_TIME : WITH_YEAR).format(instant);
    }

    /// `3 d`, `5 h`, `12 min`, `40 s`; `overdue` is the caller's word.
    static String span(Duration duration) {
        Duration size = duration.abs();
        if (size.toDays() >= 2) {
            return size.toDays() + " d";
        }
        if (size.toHours() >= 2) {
            return size.toHours() + " h";
        }
        return size.toMinutes() >= 2 ? size.toMinutes() + " min" : size.toSeconds() + " s";
    }

    static String ago(@Nullable Instant instant, Instant now) {
        return instant == null ? "never" : span(Duration.between(instant, now)) + " ago";
    }
}
