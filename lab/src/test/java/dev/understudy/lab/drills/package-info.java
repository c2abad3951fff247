/// Tests of this package.
@NullMarked
package dev.understudy.lab.drills;

import org.jspecify.annotations.NullMarked;
