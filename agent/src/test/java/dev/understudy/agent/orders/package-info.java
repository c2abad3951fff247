@NullMarked
package dev.understudy.agent.orders;

import org.jspecify.annotations.NullMarked;
