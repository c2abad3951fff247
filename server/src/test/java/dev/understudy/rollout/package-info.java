@NullMarked
package dev.understudy.rollout;

import org.jspecify.annotations.NullMarked;
