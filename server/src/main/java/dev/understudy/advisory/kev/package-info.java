/// CISA's catalogue of known exploited vulnerabilities.
@NullMarked
package dev.understudy.advisory.kev;

import org.jspecify.annotations.NullMarked;
