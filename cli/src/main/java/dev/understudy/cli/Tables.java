package dev.understudy.cli;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import dev.understudy.cli.Terminal.Field;
import java.util.ArrayList;
import java.util.List;

/// Tables without frames that fit where they are shown. Where the width is known and a table is
/// wider, its last column goes below each row, indented; into a file or a pipe each row is one
/// line.
final class Tables {
    /// Between two columns, and before the first one.
    private static final int GAP = 2;

    private static final String INDENT = "    ";

    /// A last column that would get less room than this is better off on lines of its own.
    private static final int LEAST_PROSE = 36;

    private Tables() {}

    /// @param width columns of the terminal; 0 if nobody counts them
    static <T> List<String> of(List<T> rows, List<Field<T>> fields, int width) {
        if (width == 0) {
            return lines(rows, fields, 0);
        }
        Field<T> last = fields.getLast();
        List<Field<T>> others = fields.subList(0, fields.size() - 1);
        int left = width - 1 - others.stream().mapToInt(f -> GAP + widest(rows, f)).sum() - GAP;
        if (widest(rows, last) <= left || others.isEmpty()) {
            return lines(rows, fields, 0);
        }
        if (left >= LEAST_PROSE) {
            return lines(rows, fields, left);
        }
        return stacked(rows, others, last, width);
    }

    private static <T> List<String> stacked(
            List<T> rows, List<Field<T>> others, Field<T> last, int width) {
        List<String> table = lines(rows, others, 0);
        List<String> shown = new ArrayList<>();
        shown.add(table.getFirst());
        for (int i = 0; i < rows.size(); i++) {
            shown.add(table.get(i + 1));
            String prose = last.of().apply(rows.get(i));
            wrapped(prose, width - 1 - INDENT.length()).forEach(line -> shown.add(INDENT + line));
        }
        return shown;
    }

    private static <T> int widest(List<T> rows, Field<T> field) {
        return Math.max(
                field.header().length(),
                rows.stream().mapToInt(row -> flat(field, row).length()).max().orElse(0));
    }

    /// @param most the greatest width of the last column; 0 for any
    private static <T> List<String> lines(List<T> rows, List<Field<T>> fields, int most) {
        List<ColumnData<T>> columns = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            Field<T> field = fields.get(i);
            Column column =
                    new Column()
                            .header(field.header())
                            .headerAlign(HorizontalAlign.LEFT)
                            .dataAlign(HorizontalAlign.LEFT)
                            .maxWidth(
                                    most > 0 && i == fields.size() - 1
                                            ? most + GAP
                                            : widest(rows, field) + GAP,
                                    OverflowBehaviour.NEWLINE);
            columns.add(column.with(row -> flat(field, row)));
        }
        return AsciiTable.getTable(AsciiTable.NO_BORDERS, rows, columns)
                .lines()
                .map(line -> line.startsWith(" ") ? line.substring(1) : line)
                .map(String::stripTrailing)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static <T> String flat(Field<T> field, T row) {
        return field.of().apply(row).replaceAll("\\s+", " ").strip();
    }

    /// The text in lines of at most `width` characters, broken between words where that is
    /// possible.
    static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split("\\s+")) {
            String rest = word;
            if (!line.isEmpty() && line.length() + 1 + rest.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            while (rest.length() > width) {
                lines.add(rest.substring(0, width));
                rest = rest.substring(width);
            }
            if (!rest.isEmpty()) {
                line.append(line.isEmpty() ? "" : " ").append(rest);
            }
        }
        if (!line.isEmpty()) {
            lines.add(line.toString());
        }
        return lines;
    }
}
