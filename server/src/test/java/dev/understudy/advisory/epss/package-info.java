@NullMarked
package dev.understudy.advisory.epss;

import org.jspecify.annotations.NullMarked;
