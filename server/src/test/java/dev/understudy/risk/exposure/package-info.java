@NullMarked
package dev.understudy.risk.exposure;

import org.jspecify.annotations.NullMarked;
