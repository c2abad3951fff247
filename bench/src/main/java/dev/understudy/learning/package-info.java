/// Beside the server's package of the same name, to try its model on simulated outcomes.
@NullMarked
package dev.understudy.learning;

import org.jspecify.annotations.NullMarked;
