package dev.understudy.fleetsim;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/// Rows of a CSV file (RFC 4180, one row a line, gzip where the name says so), by column name.
final class Csv {
    private Csv() {}

    /// One row; columns that the file lacks read as empty.
    record Row(Map<String, Integer> columns, List<String> values) {
        String get(String column) {
            int at = columns.getOrDefault(column, Integer.MAX_VALUE);
            return at < values.size() ? values.get(at) : "";
        }
    }

    static void read(Path file, Consumer<Row> rows) throws IOException {
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            String header = lines.readLine();
            if (header == null) {
                throw new IOException(file + " is empty; a header was expected");
            }
            Map<String, Integer> columns = new HashMap<>();
            for (String name : split(header)) {
                columns.put(name, columns.size());
            }
            String line;
            while ((line = lines.readLine()) != null) {
                rows.accept(new Row(columns, split(line)));
            }
        }
    }

    static List<String> split(String line) {
        List<String> values = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
                value.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                values.add(value.toString());
                value.setLength(0);
            } else {
                value.append(c);
            }
        }
        values.add(value.toString());
        return values;
    }
}
