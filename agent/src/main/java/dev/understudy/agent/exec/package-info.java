/// Running commands, on the host itself or inside its twin, always with a bound on time and output.
@NullMarked
package dev.understudy.agent.exec;

import org.jspecify.annotations.NullMarked;
