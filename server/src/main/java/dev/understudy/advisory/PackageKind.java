package dev.understudy.advisory;

/// Whether a feed names packages as they are built from or as they are installed.
public enum PackageKind {
    SOURCE,
    BINARY
}
