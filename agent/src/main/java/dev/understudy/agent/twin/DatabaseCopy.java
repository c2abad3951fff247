package dev.understudy.agent.twin;

import java.time.Duration;

/// What became of one running database when the twin was made. An overlay is no snapshot: files the
/// live server goes on writing would change under the twin's server.
public sealed interface DatabaseCopy {
    /// The unit that runs the database.
    String unit();

    /// The twin has a consistent copy. `pause` is how long the live server stood still for it.
    record Copied(String unit, String method, long bytes, Duration took, Duration pause)
            implements DatabaseCopy {}

    /// No consistent copy could be made: the twin does not start the unit, and nothing can be said
    /// about it.
    record NotCopied(String unit, String reason) implements DatabaseCopy {}
}
