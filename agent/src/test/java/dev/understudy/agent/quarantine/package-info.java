@NullMarked
package dev.understudy.agent.quarantine;

import org.jspecify.annotations.NullMarked;
