/// Beside the matching itself, to measure what is not public.
@NullMarked
package dev.understudy.risk;

import org.jspecify.annotations.NullMarked;
