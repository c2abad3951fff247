/// Tests of this package.
@NullMarked
package dev.understudy.lab.gateway;

import org.jspecify.annotations.NullMarked;
