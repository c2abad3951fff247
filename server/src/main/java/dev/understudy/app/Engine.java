package dev.understudy.app;

import dev.understudy.platform.Jobs;
import dev.understudy.platform.Subscriptions;
import org.springframework.context.SmartLifecycle;

/// Starts deliveries and jobs once everything is wired and before the ports open; stops them after
/// the ports closed.
final class Engine implements SmartLifecycle {
    private final Subscriptions subscriptions;
    private final Jobs jobs;
    private volatile boolean running;

    Engine(Subscriptions subscriptions, Jobs jobs) {
        this.subscriptions = subscriptions;
        this.jobs = jobs;
    }

    @Override
    public void start() {
        subscriptions.start();
        jobs.start();
        running = true;
    }

    @Override
    public void stop() {
        jobs.close();
        subscriptions.close();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return 0;
    }
}
