package dev.understudy.agent.checkpoint;

/// Told before each step that changes something on disk, so that a test can end the agent at any of
/// them.
@FunctionalInterface
interface Steps {
    Steps UNWATCHED = step -> {};

    void before(String step);
}
