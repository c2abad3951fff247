@NullMarked
package dev.understudy.advisory.kev;

import org.jspecify.annotations.NullMarked;
