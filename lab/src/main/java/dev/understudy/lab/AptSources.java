package dev.understudy.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The package sources that a machine's apt is set up with, in both formats of sources.list(5).
record AptSources(List<Source> sources) {
    /// One archive and suite.
    record Source(URI archive, String suite, List<String> components) {
        Source {
            components = List.copyOf(components);
        }
    }

    AptSources {
        sources = List.copyOf(sources);
    }

    /// @param folder usually /etc/apt
    static AptSources of(Path folder) {
        var found = new ArrayList<Source>();
        try {
            Path single = folder.resolve("sources.list");
            if (Files.exists(single)) {
                found.addAll(parseLines(Files.readString(single)));
            }
            Path parts = folder.resolve("sources.list.d");
            if (Files.isDirectory(parts)) {
                for (Path file : files(parts)) {
                    String text = Files.readString(file);
                    boolean lines = file.toString().endsWith(".list");
                    found.addAll(lines ? parseLines(text) : parseStanzas(text));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read apt's sources in " + folder, e);
        }
        return new AptSources(found);
    }

    /// The Debian mirror that this machine uses.
    Optional<Mirror> mirror() {
        Optional<URI> security =
                sources.stream()
                        .filter(s -> s.suite().endsWith("-security"))
                        .map(Source::archive)
                        .filter(uri -> uri.getPath().contains("debian"))
                        .findFirst();
        Optional<URI> main =
                sources.stream()
                        .filter(s -> !s.suite().contains("-"))
                        .filter(s -> s.components().contains("main"))
                        .map(Source::archive)
                        .filter(uri -> uri.getPath().replaceAll("/+$", "").endsWith("/debian"))
                        .findFirst();
        return main.flatMap(m -> security.map(s -> new Mirror(m, s)));
    }

    /// One-line format: `deb [options] uri suite component...`
    static List<Source> parseLines(String text) {
        var found = new ArrayList<Source>();
        for (String line : text.lines().toList()) {
            String plain = line.replaceFirst("#.*", "").replaceFirst("\\[[^]]*]", " ").strip();
            String[] words = plain.split("\\s+");
            if (words.length >= 3 && words[0].equals("deb")) {
                var components = List.of(words).subList(3, words.length);
                uri(words[1]).ifPresent(u -> found.add(new Source(u, words[2], components)));
            }
        }
        return found;
    }

    /// deb822 format: stanzas of fields, with comments and continued lines.
    static List<Source> parseStanzas(String text) {
        var found = new ArrayList<Source>();
        String withoutComments =
                String.join("\n", text.lines().filter(line -> !line.startsWith("#")).toList());
        for (String stanza : withoutComments.split("\n\\s*\n")) {
            Map<String, String> fields = fields(stanza);
            boolean enabled =
                    !List.of("no", "false", "off", "0")
                            .contains(
                                    fields.getOrDefault("enabled", "yes").toLowerCase(Locale.ROOT));
            if (!enabled || !words(fields, "types").contains("deb")) {
                continue;
            }
            for (String address : words(fields, "uris")) {
                for (String suite : words(fields, "suites")) {
                    uri(address)
                            .ifPresent(
                                    u ->
                                            found.add(
                                                    new Source(
                                                            u,
                                                            suite,
                                                            words(fields, "components"))));
                }
            }
        }
        return found;
    }

    private static Map<String, String> fields(String stanza) {
        var fields = new LinkedHashMap<String, String>();
        String current = "";
        for (String line : stanza.lines().toList()) {
            int colon = line.indexOf(':');
            if (!line.isEmpty() && Character.isWhitespace(line.charAt(0))) {
                fields.merge(current, line.strip(), (a, b) -> a + " " + b);
            } else if (colon > 0) {
                current = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
                fields.put(current, line.substring(colon + 1).strip());
            }
        }
        return fields;
    }

    private static List<String> words(Map<String, String> fields, String name) {
        String value = fields.getOrDefault(name, "").strip();
        return value.isEmpty() ? List.of() : List.of(value.split("\\s+"));
    }

    /// Only archives that a proxy can fetch from count; others (cdrom, file, mirror) are no use.
    private static Optional<URI> uri(String text) {
        if (!text.matches("https?://\\S+")) {
            return Optional.empty();
        }
        return Optional.of(URI.create(text.replaceAll("/+$", "")));
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(f -> f.toString().matches(".*\\.(list|sources)")).sorted().toList();
        }
    }
}
