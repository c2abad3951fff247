package dev.understudy.fleet;

/// What a host is used for; set by its owner.
public enum Environment {
    PROD,
    STAGE,
    DEV
}
