@NullMarked
package dev.understudy.advisory.updateinfo;

import org.jspecify.annotations.NullMarked;
