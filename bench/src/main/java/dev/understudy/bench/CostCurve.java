package dev.understudy.bench;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What things cost at growing numbers of hosts, drawn with both axes by powers of ten.
final class CostCurve {
    private static final int WIDTH = 60;

    private final Map<String, TreeMap<Integer, Double>> millis = new TreeMap<>();

    void add(int hosts, String what, double value) {
        millis.computeIfAbsent(what, _ -> new TreeMap<>()).put(hosts, value);
    }

    /// By which power of the number of hosts each grows from the smallest fleet to the largest: 1
    /// is linear, 0 is not at all.
    Map<String, Double> slopes() {
        Map<String, Double> slopes = new TreeMap<>();
        millis.forEach(
                (what, points) -> {
                    if (points.size() > 1) {
                        slopes.put(
                                what,
                                Math.log(
                                                points.lastEntry().getValue()
                                                        / points.firstEntry().getValue())
                                        / Math.log((double) points.lastKey() / points.firstKey()));
                    }
                });
        return slopes;
    }

    String chart() {
        StringBuilder chart =
                new StringBuilder(
                        "Median milliseconds; a bar grows by a power of ten every 12 columns, from 0.001\n");
        millis.forEach(
                (what, points) -> {
                    chart.append(what).append('\n');
                    points.forEach(
                            (hosts, value) ->
                                    chart.append(
                                            String.format(
                                                    Locale.ROOT,
                                                    "%,12d hosts |%-60s| %.4f%n",
                                                    hosts,
                                                    "#".repeat(length(value)),
                                                    value)));
                });
        return chart.toString();
    }

    private static int length(double value) {
        return (int) Math.clamp(12 * (Math.log10(value) + 3), 1, WIDTH);
    }
}
