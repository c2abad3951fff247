@NullMarked
package dev.understudy.advisory.csaf;

import org.jspecify.annotations.NullMarked;
