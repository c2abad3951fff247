@NullMarked
package dev.understudy.agent.system;

import org.jspecify.annotations.NullMarked;
