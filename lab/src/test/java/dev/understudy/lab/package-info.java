/// Tests of this package.
@NullMarked
package dev.understudy.lab;

import org.jspecify.annotations.NullMarked;
