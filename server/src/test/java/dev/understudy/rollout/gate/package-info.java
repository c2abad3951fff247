@NullMarked
package dev.understudy.rollout.gate;

import org.jspecify.annotations.NullMarked;
