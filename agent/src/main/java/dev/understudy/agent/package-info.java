/// The agent's program: its commands, and what is wired for them.
@NullMarked
package dev.understudy.agent;

import org.jspecify.annotations.NullMarked;
