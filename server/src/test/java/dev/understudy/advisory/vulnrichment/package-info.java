@NullMarked
package dev.understudy.advisory.vulnrichment;

import org.jspecify.annotations.NullMarked;
