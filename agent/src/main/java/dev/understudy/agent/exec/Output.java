package dev.understudy.agent.exec;

import java.time.Duration;

/// What a command printed and how it ended. `exitCode` is 124 when it was killed at its limit.
public record Output(int exitCode, String stdout, String stderr, boolean timedOut, Duration took) {
    public boolean succeeded() {
        return exitCode == 0 && !timedOut;
    }

    /// The last lines of both streams, for people.
    public String tail() {
        String all = (stdout + "\n" + stderr).strip();
        return all.length() <= 2000 ? all : all.substring(all.length() - 2000);
    }
}
