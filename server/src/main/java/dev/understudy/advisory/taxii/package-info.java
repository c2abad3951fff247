/// STIX 2.1 objects of TAXII 2.1 collections: exploitation that others have seen, and what to do.
@NullMarked
package dev.understudy.advisory.taxii;

import org.jspecify.annotations.NullMarked;
