package dev.understudy.fleet;

/// How much the loss of a host would hurt; set by its owner, ascending.
public enum Criticality {
    LOW,
    MEDIUM,
    HIGH,
    VERY_HIGH
}
