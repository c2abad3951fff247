package dev.understudy.fleetsim.policy;

import dev.understudy.fleetsim.Images;
import dev.understudy.fleetsim.LagCurve;
import dev.understudy.fleetsim.Notices;
import dev.understudy.fleetsim.Notices.Exploitation;
import dev.understudy.fleetsim.Notices.Notice;
import dev.understudy.fleetsim.SourceNames;
import dev.understudy.risk.HazardSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Runs ways of patching against each other and prints what they come to: a row a way, which of
/// them ours beat on which axis, and how that depends on what is assumed. Also prints lines `FIGURE
/// NAME VALUE`.
public final class ComparePolicies {
    private static final String FAMILY = "AKSUbuntu-1804";

    private final World.Sources sources;
    private final PrintStream out;

    private ComparePolicies(World.Sources sources, PrintStream out) {
        this.sources = sources;
        this.out = out;
    }

    /// @param data the folder of the shared real data
    public static ComparePolicies of(Path data, PrintStream out) throws IOException {
        Images all = Images.read(data, SourceNames.read(data));
        Images images =
                new Images(
                        all.families().stream()
                                .filter(family -> family.name().equals(FAMILY))
                                .toList());
        Set<String> installed =
                images.families().stream()
                        .flatMap(family -> family.images().stream())
                        .flatMap(image -> image.packages().stream())
                        .map(each -> each.name())
                        .collect(Collectors.toSet());
        Notices notices = Notices.read(data, HazardSettings.USUAL.exploited()).about(installed);
        return new ComparePolicies(new World.Sources(images, notices, LagCurve.read(data)), out);
    }

    /// @param worlds how many worlds each way meets
    /// @param tried how many worlds each row of the sensitivity table has; 0 for none
    public void run(Assumptions assumptions, int worlds, int tried, long seed) {
        tellSources();
        print("");
        print(
                "%d worlds from seed %d: %,d hosts, %d days each.",
                worlds, seed, assumptions.hosts(), assumptions.days());
        Study study = Study.run(sources, assumptions, worlds, seed);
        table(study, assumptions);
        beaten(study);
        figures(study);
        if (tried > 1) {
            sensitivity(assumptions, tried, seed);
        }
    }

    private void tellSources() {
        List<Notice> notices = sources.notices().all();
        print(
                "%d notices from %s to %s about packages of these images, %d with a regression (%.1f %%), %d of them repaired within 7 days.",
                notices.size(),
                notices.getFirst().date(),
                notices.getLast().date(),
                notices.stream().filter(Notice::regressed).count(),
                100.0 * notices.stream().filter(Notice::regressed).count() / notices.size(),
                notices.stream()
                        .filter(Notice::regressed)
                        .filter(each -> each.repairedAfter() >= 0 && each.repairedAfter() <= 7)
                        .count());
        for (Exploitation each : Exploitation.values()) {
            List<Notice> these =
                    notices.stream().filter(notice -> notice.exploitation() == each).toList();
            print(
                    "  exploitation %-8s %4d notices, exploited within 30 days with a probability of %.3f on average",
                    each.name().toLowerCase(Locale.ROOT),
                    these.size(),
                    these.stream().mapToDouble(Notice::exploited).average().orElse(0));
        }
    }

    private void table(Study study, Assumptions assumptions) {
        print(
                "%-30s %11s %11s %11s %11s %11s %11s %10s  %s",
                "",
                "exposure h",
                "of that bad",
                "not weighed",
                "known expl.",
                "broken",
                "broken h",
                "questions",
                "dominated");
        print(
                "%-30s %11s %11s %11s %11s %11s %11s %10s  %s",
                "",
                "per need",
                "notices",
                "per need",
                "h a host, y",
                "per 1000, y",
                "per 1000, y",
                "a year",
                "by");
        double years = assumptions.days() / 365.0;
        double hosts = assumptions.hosts();
        for (int way = 0; way < study.ways().size(); way++) {
            double needed = study.mean(way, Outcome::needed);
            print(
                    "%-30s %11.2f %11.2f %11.1f %11.1f %11.1f %11.1f %10.1f  %s",
                    study.ways().get(way).name(),
                    study.mean(way, Outcome::exposure) / needed,
                    study.mean(way, Outcome::withheld) / needed,
                    study.mean(way, Outcome::hours) / needed,
                    study.mean(way, Outcome::knownHours) / hosts / years,
                    1000 * study.mean(way, Outcome::broken) / hosts / years,
                    1000 * study.mean(way, Outcome::brokenHours) / hosts / years,
                    study.mean(way, Outcome::decisions) / years,
                    dominating(study, way));
        }
    }

    private static String dominating(Study study, int way) {
        String names =
                IntStream.range(0, study.ways().size())
                        .filter(other -> study.dominated(way, other))
                        .mapToObj(other -> study.ways().get(other).name())
                        .collect(Collectors.joining("; "));
        return names.isEmpty() ? "none" : names;
    }

    /// Each of ours against each of the others: how much less, and whether that is certain.
    private void beaten(Study study) {
        print("");
        print("Ours less the other, per cent of the other (paired 95 %% interval):");
        for (int mine = 0; mine < study.ways().size(); mine++) {
            if (!study.ways().get(mine).ours()) {
                continue;
            }
            print("%s", study.ways().get(mine).name());
            for (int other = 0; other < study.ways().size(); other++) {
                if (!study.ways().get(other).ours()) {
                    print(
                            "  %-28s exposure %s  broken %s  %s",
                            study.ways().get(other).name(),
                            percent(study, mine, other, Outcome::exposure),
                            percent(study, mine, other, Outcome::broken),
                            verdict(study, mine, other));
                }
            }
        }
    }

    private static String percent(
            Study study, int mine, int other, ToDoubleFunction<Outcome> figure) {
        Paired paired = study.difference(mine, other, figure);
        double whole = Math.max(1e-9, study.mean(other, figure)) / 100;
        return String.format(
                Locale.ROOT,
                "%+7.1f [%+7.1f, %+7.1f]",
                paired.mean() / whole,
                paired.low() / whole,
                paired.high() / whole);
    }

    private static String verdict(Study study, int mine, int other) {
        boolean exposure = study.difference(mine, other, Outcome::exposure).below();
        boolean broken = study.difference(mine, other, Outcome::broken).below();
        if (exposure && broken) {
            return "beaten on both";
        }
        if (study.dominated(mine, other)) {
            return "DOMINATES ours";
        }
        return exposure
                ? "beaten on exposure"
                : broken ? "beaten on broken hosts" : "not beaten with certainty";
    }

    private void figures(Study study) {
        int best = 0;
        int most = -1;
        int dominated = 0;
        int frontier = 0;
        for (int mine = 0; mine < study.ways().size(); mine++) {
            if (!study.ways().get(mine).ours()) {
                continue;
            }
            int both = 0;
            boolean by = false;
            for (int other = 0; other < study.ways().size(); other++) {
                if (!study.ways().get(other).ours()) {
                    both += both(study, mine, other) ? 1 : 0;
                    by |= study.dominated(mine, other);
                }
            }
            if (both > most) {
                most = both;
                best = mine;
            }
            dominated += by ? 1 : 0;
            frontier++;
        }
        print("");
        print(
                "Most are beaten on both axes by: %s (%d of %d).",
                study.ways().get(best).name(), most, others(study));
        figure("ways_of_ours", frontier);
        figure("ours_dominated", dominated);
        figure("others", (double) others(study));
        figure("beaten_on_both", most);
    }

    private static boolean both(Study study, int mine, int other) {
        return study.difference(mine, other, Outcome::exposure).below()
                && study.difference(mine, other, Outcome::broken).below();
    }

    private static long others(Study study) {
        return study.ways().stream().filter(way -> !way.ours()).count();
    }

    /// One assumption at a time.
    private void sensitivity(Assumptions usual, int worlds, long seed) {
        print("");
        print(
                "Sensitivity, %d worlds a row: exposure h per need | broken per 1000 hosts and year; * where another way dominates it",
                worlds);
        int[] shown = {0, 3, 5, 6, 7, 8, 9};
        StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "%-34s", ""));
        for (int way : shown) {
            String name = Study.WAYS.get(way).name();
            head.append(
                    String.format(
                            Locale.ROOT, " %20s", name.substring(0, Math.min(20, name.length()))));
        }
        print("%s", head);
        varied(usual)
                .forEach(
                        (name, assumptions) ->
                                row(
                                        name,
                                        Study.run(sources, assumptions, worlds, seed),
                                        assumptions,
                                        shown));
    }

    private static Map<String, Assumptions> varied(Assumptions usual) {
        Map<String, Assumptions> varied = new LinkedHashMap<>();
        varied.put("as assumed", usual);
        varied.put("half of the regressions", usual.regressions(0.5));
        varied.put("no regressions", usual.regressions(0));
        varied.put("bad ones break 5 %", usual.broken(0.05, 0.05));
        varied.put("bad ones break 0.1 to 5 %", usual.broken(0.001, 0.05));
        varied.put("bad ones break 30 to 100 %", usual.broken(0.3, 1));
        varied.put("hosts fail independently", usual.rho(0));
        varied.put("hosts of a kind fail alike, 0.5", usual.rho(0.5));
        varied.put("all failures after days", usual.atOnce(0));
        varied.put("all failures at once", usual.atOnce(1));
        varied.put("twins see nothing", usual.visible(0));
        varied.put("twins see 6 of 7", usual.visible(6.0 / 7));
        varied.put("nothing breaks by chance", usual.chance(0));
        varied.put("0.1 % of installs break by chance", usual.chance(0.001));
        varied.put("a person answers in 4 h", usual.person(4));
        varied.put("a person answers in 72 h", usual.person(72));
        varied.put("200 hosts", usual.hosts(200));
        varied.put("5,000 hosts", usual.hosts(5_000));
        return varied;
    }

    private void row(String name, Study study, Assumptions assumptions, int[] shown) {
        StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%-34s", name));
        double years = assumptions.days() / 365.0;
        for (int way : shown) {
            boolean dominated = false;
            for (int other = 0; other < study.ways().size(); other++) {
                dominated |= !study.ways().get(other).ours() && study.dominated(way, other);
            }
            row.append(
                    String.format(
                            Locale.ROOT,
                            " %9.1f | %7.1f%s",
                            study.mean(way, Outcome::exposure) / study.mean(way, Outcome::needed),
                            1000 * study.mean(way, Outcome::broken) / assumptions.hosts() / years,
                            dominated ? "*" : " "));
        }
        print("%s", row);
    }

    private void figure(String name, double value) {
        print("FIGURE %s %.0f", name, value);
    }

    private void print(String format, Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
        out.flush();
    }
}
