/// Debian's own lists of advisories, `DSA_list` and `DLA_list` of the security tracker.
@NullMarked
package dev.understudy.advisory.dsa;

import org.jspecify.annotations.NullMarked;
