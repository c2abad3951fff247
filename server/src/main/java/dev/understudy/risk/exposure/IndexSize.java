package dev.understudy.risk.exposure;

/// What the index holds, in numbers.
///
/// @param versions distinct source versions in use
/// @param bitmapBytes of all hosts of all versions
public record IndexSize(int hosts, int shapes, int versions, int statements, long bitmapBytes) {}
