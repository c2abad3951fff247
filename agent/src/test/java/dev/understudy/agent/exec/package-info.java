@NullMarked
package dev.understudy.agent.exec;

import org.jspecify.annotations.NullMarked;
