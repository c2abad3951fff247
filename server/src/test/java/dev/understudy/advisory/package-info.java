@NullMarked
package dev.understudy.advisory;

import org.jspecify.annotations.NullMarked;
