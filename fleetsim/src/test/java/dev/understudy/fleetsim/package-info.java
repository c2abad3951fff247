@NullMarked
package dev.understudy.fleetsim;

import org.jspecify.annotations.NullMarked;
