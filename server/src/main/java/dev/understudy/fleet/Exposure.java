package dev.understudy.fleet;

/// From where a host can be reached. `UNKNOWN` is treated as [#INTERNET] wherever a decision hangs
/// on it.
public enum Exposure {
    INTERNET,
    INTERNAL,
    ISOLATED,
    UNKNOWN
}
