/// Beside the index itself, to measure what is not public.
@NullMarked
package dev.understudy.risk.exposure;

import org.jspecify.annotations.NullMarked;
