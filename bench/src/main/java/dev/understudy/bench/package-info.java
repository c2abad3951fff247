/// Measures: whole systems on a real PostgreSQL, and with JMH what they are made of. Prints figures
/// with the bounds that the bars hold them to; decides nothing.
@NullMarked
package dev.understudy.bench;

import org.jspecify.annotations.NullMarked;
