package dev.understudy.api;

import dev.understudy.learning.Calibration;
import dev.understudy.learning.ForecastView;
import dev.understudy.learning.Forecasts;
import dev.understudy.rollout.RolloutId;
import io.swagger.v3.oas.annotations.Operation;
import java.util.List;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// What rollouts were expected to break, and how far that was right.
@RestController
@RequestMapping("/api/v1")
public final class ForecastsApi {
    private static final int MOST = 100_000;

    private final Forecasts forecasts;
    private final Calibration calibration;

    public ForecastsApi(Forecasts forecasts, Calibration calibration) {
        this.forecasts = forecasts;
        this.calibration = calibration;
    }

    @GetMapping("/rollouts/{id}/forecast")
    @Operation(
            summary =
                    "What a rollout was expected to break before it started, made again from its record")
    ForecastView forecast(@PathVariable UUID id) {
        return forecasts.get(new RolloutId(id));
    }

    /// What a rollout was expected to break, in a sentence.
    public record Expected(RolloutId rollout, String sentence) {}

    @GetMapping("/forecasts")
    @Operation(summary = "What a rollout was expected to break; nothing for one without a forecast")
    Items<Expected> expected(@RequestParam UUID rollout) {
        return new Items<>(
                forecasts.sentences(List.of(new RolloutId(rollout))).entrySet().stream()
                        .map(each -> new Expected(each.getKey(), each.getValue()))
                        .toList());
    }

    @GetMapping("/calibration")
    @Operation(summary = "How far forecasts were right, against the prior alone")
    Calibration.Table calibration(@RequestParam(defaultValue = "1000") int limit) {
        return calibration.table(Math.clamp(limit, 1, MOST));
    }
}
