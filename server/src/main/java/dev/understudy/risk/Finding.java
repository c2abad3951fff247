package dev.understudy.risk;

import dev.understudy.risk.exposure.Statement;

/// A statement that a shape is affected by: the package is installed, in a version that it means.
///
/// @param source the source package as the host has it; the statement may know it by another name
/// @param installed the lowest installed version that is affected
/// @param assumed what is not known and counts as the worst case; empty where nothing is
record Finding(String source, String installed, Statement advisory, String assumed) {}
