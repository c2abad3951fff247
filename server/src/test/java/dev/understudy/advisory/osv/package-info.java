@NullMarked
package dev.understudy.advisory.osv;

import org.jspecify.annotations.NullMarked;
