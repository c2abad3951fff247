package dev.understudy.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
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
            DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ENGLISH)
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

    /// A column: its header, what it shows of a row, and its greatest width (0: as wide as it
    /// gets).
    record Field<T>(String header, int width, Function<T, String> of) {}

    static <T> Field<T> field(String header, Function<T, String> of) {
        return new Field<>(header, 0, of);
    }

    static <T> Field<T> field(String header, int width, Function<T, String> of) {
        return new Field<>(header, width, of);
    }

    @SafeVarargs
    final <T> void table(Collection<T> rows, String whenEmpty, Field<T>... fields) {
        if (rows.isEmpty()) {
            line(whenEmpty);
            return;
        }
        List<ColumnData<T>> columns = new ArrayList<>();
        for (Field<T> field : fields) {
            Column column =
                    new Column()
                            .header(field.header())
                            .headerAlign(HorizontalAlign.LEFT)
                            .dataAlign(HorizontalAlign.LEFT);
            if (field.width() > 0) {
                column = column.maxWidth(field.width(), OverflowBehaviour.NEWLINE);
            }
            columns.add(column.with(field.of()));
        }
        AsciiTable.getTable(AsciiTable.NO_BORDERS, rows, columns)
                .lines()
                .map(String::stripTrailing)
                .filter(line -> !line.isEmpty())
                .forEach(out::println);
    }

    static String time(@Nullable Instant instant) {
        return instant == null ? "–" : DAY_AND_TIME.format(instant);
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
