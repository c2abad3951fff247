@NullMarked
package dev.understudy.advisory.taxii;

import org.jspecify.annotations.NullMarked;
