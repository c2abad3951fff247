/// A small signed package archive with updates that go wrong, each in one known way, and one that
/// does not.
@NullMarked
package dev.understudy.lab.drills;

import org.jspecify.annotations.NullMarked;
