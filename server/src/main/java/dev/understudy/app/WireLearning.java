package dev.understudy.app;

import dev.understudy.learning.Calibration;
import dev.understudy.learning.Forecasts;
import dev.understudy.learning.LearningModule;
import dev.understudy.platform.Database;
import dev.understudy.platform.Jobs;
import dev.understudy.platform.Subscriptions;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Wires `learning`: outcomes, forecasts, and how far those were right.
@Configuration(proxyBeanMethods = false)
class WireLearning {
    @Bean
    LearningModule learningModule(
            Database database, InstantSource clock, Subscriptions subscriptions, Jobs jobs) {
        LearningModule module = new LearningModule(database, clock);
        module.subscribe(subscriptions);
        module.schedule(jobs);
        return module;
    }

    @Bean
    Forecasts forecasts(LearningModule module) {
        return module.forecasts();
    }

    @Bean
    Calibration calibration(LearningModule module) {
        return module.calibration();
    }
}
