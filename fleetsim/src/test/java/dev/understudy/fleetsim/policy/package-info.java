@NullMarked
package dev.understudy.fleetsim.policy;

import org.jspecify.annotations.NullMarked;
