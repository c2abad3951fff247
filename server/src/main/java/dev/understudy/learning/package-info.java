/// What the fleet's own outcomes teach: how reliable patches are, class by class, package by
/// package and configuration by configuration ([Reliability]), what a rollout is expected to break
/// before it starts ([PredictFailures]), and how far such forecasts were right ([Calibration]).
/// Every forecast keeps what it was made of, and can be made again bit by bit.
///
/// Owns schema `learning`; publishes no events; implements the port
/// [dev.understudy.rollout.FailureForecast].
@NullMarked
package dev.understudy.learning;

import org.jspecify.annotations.NullMarked;
