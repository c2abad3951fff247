package dev.understudy.bench;

import dev.understudy.advisory.FixedVersion;
import dev.understudy.protocol.InstalledPackage;
import dev.understudy.protocol.version.VersionOrder;
import dev.understudy.risk.exposure.KnownAs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Why another program and ours differ on one host. Each reason is a rule that is checked on the
/// facts of the very finding; what no rule covers is unexplained.
final class Differences {
    private static final Comparator<String> ORDER = VersionOrder.DPKG;

    private final List<InstalledPackage> packages;
    private final List<FixedVersion> statements;

    Differences(List<InstalledPackage> packages, List<FixedVersion> statements) {
        this.packages = packages;
        this.statements = statements;
    }

    /// One vulnerability in one source package, as advisories name both.
    record Key(String name, String source) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            return Comparator.comparing(Key::name).thenComparing(Key::source).compare(this, other);
        }
    }

    /// Rules by their sentence, in the order in which they are tried.
    enum Rule {
        UNPACKED("only we: unpacked and not yet configured, so its files are there and may run"),
        SIGNED_KERNEL("only we: Debian's signed kernel, which advisories know as the source linux"),
        OWN_VERSION(
                "a binary package with a version of its own, which OVAL compares with the source's");

        final String sentence;

        Rule(String sentence) {
            this.sentence = sentence;
        }
    }

    /// @param onlyOurs whether we found it and the other did not
    /// @param byBinaries whether the other compares versions of binary packages
    Optional<Rule> explain(Key key, boolean onlyOurs, boolean byBinaries) {
        return Stream.of(Rule.values())
                .filter(rule -> holds(rule, key, onlyOurs, byBinaries))
                .findFirst();
    }

    private boolean holds(Rule rule, Key key, boolean onlyOurs, boolean byBinaries) {
        return switch (rule) {
            case UNPACKED -> onlyOurs && all(key, each -> !configured(each));
            case SIGNED_KERNEL ->
                    onlyOurs
                            && !byBinaries
                            && all(
                                    key,
                                    each -> !configured(each) || !each.sourceName().equals("linux"))
                            && key.source().equals("linux");
            case OWN_VERSION ->
                    byBinaries
                            && (onlyOurs
                                    ? all(
                                            key,
                                            each ->
                                                    !configured(each)
                                                            || !affected(key, each.version()))
                                    : of(key).anyMatch(
                                                    each ->
                                                            affected(key, each.version())
                                                                    && !affected(
                                                                            key, source(each))));
        };
    }

    /// Whether it holds for every package in which we see the vulnerability.
    private boolean all(Key key, Predicate<InstalledPackage> rule) {
        List<InstalledPackage> ours = of(key).filter(each -> affected(key, source(each))).toList();
        return !ours.isEmpty() && ours.stream().allMatch(rule);
    }

    private Stream<InstalledPackage> of(Key key) {
        return packages.stream()
                .filter(
                        each ->
                                KnownAs.source(each.sourceName()).equals(key.source())
                                        && KnownAs.installed(each.status()));
    }

    private boolean affected(Key key, String version) {
        return statements.stream()
                .anyMatch(
                        each ->
                                each.source().equals(key.source())
                                        && DebsecanFile.names(each).contains(key.name())
                                        && each.affects(version, ORDER));
    }

    private static String source(InstalledPackage each) {
        return KnownAs.version(KnownAs.source(each.sourceName()), each.sourceVersion());
    }

    private static boolean configured(InstalledPackage each) {
        return each.status().startsWith("i", 1);
    }

    /// Differences of one program, counted by rule.
    static final class Counted {
        final Map<Rule, Integer> byRule = new TreeMap<>();
        final List<String> unexplained = new ArrayList<>();

        void add(Optional<Rule> rule, Key key, boolean onlyOurs) {
            rule.ifPresentOrElse(
                    found -> byRule.merge(found, 1, Integer::sum),
                    () ->
                            unexplained.add(
                                    "%s in %s, only %s"
                                            .formatted(
                                                    key.name(),
                                                    key.source(),
                                                    onlyOurs ? "ours" : "theirs")));
        }
    }
}
