package dev.understudy.learning;

import dev.understudy.learning.PredictFailures.Figures;
import dev.understudy.learning.PredictFailures.Inputs;
import dev.understudy.learning.Reliability.Known;
import dev.understudy.learning.Reliability.Law;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// What a rollout was expected to break, as people look at it.
///
/// @param model the version of the model that made it
/// @param replays whether its figures come out the same, bit by bit, when they are made again from
///   its record
/// @param recounts whether its record does, when it is summed up again from every outcome that had
///   been recorded by then
/// @param parts each patch on each configuration, the most doubtful first
public record ForecastView(
        String sentence,
        Instant at,
        int model,
        int hosts,
        double expected,
        int low,
        int high,
        double any,
        boolean replays,
        boolean recounts,
        List<PartView> parts) {
    public ForecastView {
        parts = List.copyOf(parts);
    }

    /// @param bad the probability that the version is bad
    /// @param share the share of hosts expected to fail
    /// @param ofClass how many other versions of its class count; and so on
    /// @param version hosts that this very version was seen on, and how many of them failed
    public record PartView(
            String patch,
            String configuration,
            double bad,
            double share,
            double ofClass,
            double ofPackage,
            double ofConfiguration,
            double version,
            double versionFailed) {}

    static ForecastView of(Forecasts.Kept kept, boolean replays, boolean recounts) {
        Inputs inputs = kept.made().inputs();
        Figures figures = kept.figures();
        Model model = Model.version(inputs.model());
        return new ForecastView(
                sentence(figures),
                kept.at(),
                inputs.model(),
                figures.hosts(),
                figures.expected(),
                figures.low(),
                figures.high(),
                figures.any(),
                replays,
                recounts,
                inputs.parts().stream()
                        .map(part -> part(part, model))
                        .sorted(Comparator.comparingDouble(PartView::share).reversed())
                        .toList());
    }

    private static PartView part(PredictFailures.Part part, Model model) {
        Known known = part.known();
        Law law = Reliability.law(model, known);
        return new PartView(
                part.patch(),
                part.configuration(),
                law.bad(),
                law.mean(),
                known.ofClass().all(),
                known.ofPackage().all(),
                known.ofConfiguration().all(),
                known.version().all(),
                known.version().bad());
    }

    /// The figures in a sentence.
    static String sentence(Figures figures) {
        return String.format(
                Locale.ROOT,
                "Forecast: %s of %d hosts fail, %d to %d with 90 %%; that any does, %.0f %%.",
                figures.expected() < 10
                        ? String.format(Locale.ROOT, "%.1f", figures.expected())
                        : String.format(Locale.ROOT, "%.0f", figures.expected()),
                figures.hosts(),
                figures.low(),
                figures.high(),
                100 * figures.any());
    }
}
