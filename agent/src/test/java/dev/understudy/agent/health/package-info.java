@NullMarked
package dev.understudy.agent.health;

import org.jspecify.annotations.NullMarked;
