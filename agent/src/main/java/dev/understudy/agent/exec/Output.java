package dev.understudy.agent.exec;

import java.time.Duration;

/// What a command printed and how it ended.
///
/// @param exitCode as the program gave it; 124 when it was killed at its limit, 127 when there is
///   no such program
/// @param truncated whether a stream was longer than [Processes#KEPT] and its middle was left out:
///   such output is for people only and must not be parsed as if it were whole
public record Output(
        int exitCode,
        String stdout,
        String stderr,
        boolean timedOut,
        boolean truncated,
        Duration took) {

    public Output(int exitCode, String stdout, String stderr, boolean timedOut, Duration took) {
        this(exitCode, stdout, stderr, timedOut, false, took);
    }

    public boolean succeeded() {
        return exitCode == 0 && !timedOut;
    }

    /// Whether somebody else ended it by SIGKILL.
    public boolean killed() {
        return exitCode == 128 + 9 && !timedOut;
    }

    /// Whether it succeeded and nothing of what it printed is missing, so that it can be parsed.
    public boolean whole() {
        return succeeded() && !truncated;
    }

    /// The last lines of both streams, for people.
    public String tail() {
        String all = (stdout + "\n" + stderr).strip();
        return all.length() <= 2000 ? all : all.substring(all.length() - 2000);
    }
}
