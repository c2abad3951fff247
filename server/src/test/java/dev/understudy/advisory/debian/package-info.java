@NullMarked
package dev.understudy.advisory.debian;

import org.jspecify.annotations.NullMarked;
