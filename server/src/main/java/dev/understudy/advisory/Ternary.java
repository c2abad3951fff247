package dev.understudy.advisory;

/// A yes, a no, or nobody knows: no feed that could tell has said so.
public enum Ternary {
    YES,
    NO,
    UNKNOWN;

    public static Ternary of(boolean value) {
        return value ? YES : NO;
    }
}
