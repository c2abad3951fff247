@NullMarked
package dev.understudy.agent.apply;

import org.jspecify.annotations.NullMarked;
