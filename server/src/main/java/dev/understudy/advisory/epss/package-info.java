/// FIRST's daily file of exploit prediction scores.
@NullMarked
package dev.understudy.advisory.epss;

import org.jspecify.annotations.NullMarked;
