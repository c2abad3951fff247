package dev.understudy.protocol.version;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;

/// Compares the versions of a real catalogue with a package manager's own tool, and prints what
/// came of it as `name value` lines; `bars/13-version-order` judges them.
///
/// Three ways: each package's versions with each other; pairs across packages by chance; and each
/// version with the next in our order. The last says something of every pair there is, as the
/// tool's own order is transitive.
final class CompareCatalogue {
    private static final int AT_ONCE = 250_000;
    private static final int SAMPLES_SHOWN = 5;

    private final String name;
    private final PackageTool tool;
    private final Random random = new Random(20_261_125);
    private long pairs;
    private long mismatches;
    private long keyMismatches;

    private CompareCatalogue(String name, PackageTool tool) {
        this.name = name;
        this.tool = tool;
    }

    /// @param arguments a file of lines `package<tab>version`; a tool's name; which pairs:
    ///   `within`, `across` or `neighbours`; how many at most, 0 for all
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 4) {
            throw new IllegalArgumentException(
                    "Expected FILE TOOL within|across|neighbours LIMIT, got " + List.of(arguments));
        }
        Map<String, Set<String>> catalogue = read(Path.of(arguments[0]));
        PackageTool tool = PackageTool.valueOf(arguments[1]);
        CompareCatalogue compare = new CompareCatalogue(arguments[2], tool);
        int limit = Integer.parseInt(arguments[3]);
        String[] versions =
                catalogue.values().stream().flatMap(Set::stream).distinct().toArray(String[]::new);
        switch (arguments[2]) {
            case "within" -> compare.within(catalogue, limit);
            case "across" -> compare.across(versions, limit);
            case "neighbours" -> compare.neighbours(versions, limit);
            default ->
                    throw new IllegalArgumentException(
                            "'%s' is none of within, across, neighbours".formatted(arguments[2]));
        }
        System.out.printf("packages %d%n", catalogue.size());
        System.out.printf("versions %d%n", versions.length);
        System.out.printf("pairs %d%n", compare.pairs);
        System.out.printf("mismatches %d%n", compare.mismatches);
        System.out.printf("keyMismatches %d%n", compare.keyMismatches);
    }

    private static Map<String, Set<String>> read(Path file) throws IOException {
        Map<String, Set<String>> catalogue = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] fields = line.split("\t", -1);
            if (fields.length != 2 || fields[1].isEmpty() || fields[1].contains(" ")) {
                throw new IOException("'%s' is no package and version".formatted(line));
            }
            catalogue.computeIfAbsent(fields[0], _ -> new TreeSet<>()).add(fields[1]);
        }
        return catalogue;
    }

    private void within(Map<String, Set<String>> catalogue, int limit)
            throws IOException, InterruptedException {
        String[][] packages =
                catalogue.values().stream()
                        .map(versions -> versions.toArray(String[]::new))
                        .toArray(String[][]::new);
        int count = 0;
        for (String[] versions : packages) {
            count = Math.addExact(count, versions.length * (versions.length - 1) / 2);
        }
        int[] of = new int[count];
        int[] both = new int[count];
        int next = 0;
        for (int p = 0; p < packages.length; p++) {
            for (int i = 0; i < packages[p].length; i++) {
                for (int j = 0; j < i; j++) {
                    of[next] = p;
                    both[next++] = i << 16 | j;
                }
            }
        }
        Integer[] order = new Integer[count];
        Arrays.setAll(order, i -> i);
        Collections.shuffle(Arrays.asList(order), random);
        ask(
                limit == 0 ? count : Math.min(limit, count),
                i -> {
                    String[] versions = packages[of[order[i]]];
                    int pair = both[order[i]];
                    return eitherWay(versions[pair >> 16], versions[pair & 0xffff]);
                });
    }

    private void across(String[] versions, int limit) throws IOException, InterruptedException {
        ask(limit, _ -> new Pair(any(versions), any(versions)));
    }

    private void neighbours(String[] all, int limit) throws IOException, InterruptedException {
        List<String> versions = new ArrayList<>(List.of(all));
        Collections.shuffle(versions, random);
        if (limit != 0 && versions.size() > limit + 1) {
            versions.subList(limit + 1, versions.size()).clear();
        }
        versions.sort(tool.order);
        ask(versions.size() - 1, i -> new Pair(versions.get(i), versions.get(i + 1)));
    }

    private String any(String[] versions) {
        return versions[random.nextInt(versions.length)];
    }

    private Pair eitherWay(String a, String b) {
        return random.nextBoolean() ? new Pair(a, b) : new Pair(b, a);
    }

    private void ask(int count, IntFunction<Pair> questions)
            throws IOException, InterruptedException {
        for (int from = 0; from < count; from += AT_ONCE) {
            List<Pair> some = new ArrayList<>();
            for (int i = from; i < Math.min(from + AT_ONCE, count); i++) {
                some.add(questions.apply(i));
            }
            List<Integer> answers = tool.compare(some);
            for (int i = 0; i < some.size(); i++) {
                judge(some.get(i), answers.get(i));
            }
        }
    }

    private void judge(Pair pair, int answer) {
        pairs++;
        if (pair.by(tool.order) != answer && mismatches++ < SAMPLES_SHOWN) {
            System.err.printf(
                    "%s: %s says %d of %s, we %d%n", name, tool, answer, pair, pair.by(tool.order));
        }
        if (pair.byKeys(tool.order) != answer && keyMismatches++ < SAMPLES_SHOWN) {
            System.err.printf("%s: %s says %d of %s, their keys not%n", name, tool, answer, pair);
        }
    }
}
