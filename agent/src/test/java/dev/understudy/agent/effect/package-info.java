@NullMarked
package dev.understudy.agent.effect;

import org.jspecify.annotations.NullMarked;
