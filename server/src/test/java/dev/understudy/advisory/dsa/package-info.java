@NullMarked
package dev.understudy.advisory.dsa;

import org.jspecify.annotations.NullMarked;
