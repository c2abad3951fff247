@NullMarked
package dev.understudy.agent.packages;

import org.jspecify.annotations.NullMarked;
