@NullMarked
package dev.understudy.agent.hooks;

import org.jspecify.annotations.NullMarked;
