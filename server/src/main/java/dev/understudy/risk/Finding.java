package dev.understudy.risk;

import dev.understudy.risk.exposure.Statement;

/// A statement that a shape is affected by: the package is installed, in a version that it means.
///
/// @param source the source package as the host has it; the statement may know it by another name
/// @param installed the lowest installed version that is affected
record Finding(String source, String installed, Statement advisory) {}
