/// Fleets that do not exist, made of packages that do: the exact package lists of hundreds of real
/// images, shared among hosts as they are in real fleets, patched late by some. The same seed gives
/// the same fleet.
@NullMarked
package dev.understudy.fleetsim;

import org.jspecify.annotations.NullMarked;
