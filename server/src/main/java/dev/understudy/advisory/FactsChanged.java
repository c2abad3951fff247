package dev.understudy.advisory;

/// A feed's data was replaced; `generation` is what [Feeds#generation] gives from then on.
public record FactsChanged(String feed, long generation) {}
