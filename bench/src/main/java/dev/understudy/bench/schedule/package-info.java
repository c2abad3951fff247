/// Plans of schedules of the server, as it makes them, against lower bounds and an exact solver.
@NullMarked
package dev.understudy.bench.schedule;

import org.jspecify.annotations.NullMarked;
