package dev.understudy.risk;

import dev.understudy.advisory.FixedVersion;

/// An advisory that a shape is affected by: the source package is installed, in a version that the
/// advisory names.
///
/// @param source the source package as the host has it; the advisory may know it by another name
/// @param installed the lowest installed source version that is affected
record Finding(String source, String installed, FixedVersion advisory) {}
