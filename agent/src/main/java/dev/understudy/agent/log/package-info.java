/// What the agent tells the person who reads the system's log.
@NullMarked
package dev.understudy.agent.log;

import org.jspecify.annotations.NullMarked;
