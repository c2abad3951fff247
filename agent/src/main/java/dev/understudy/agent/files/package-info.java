/// Writing files so that a loss of power leaves the old or the new one, whole.
@NullMarked
package dev.understudy.agent.files;

import org.jspecify.annotations.NullMarked;
