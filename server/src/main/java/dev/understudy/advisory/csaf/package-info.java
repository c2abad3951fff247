/// Advisories and VEX documents in CSAF 2.0 (docs.oasis-open.org/csaf): what a vendor says of every
/// product, with reasons and remedies.
@NullMarked
package dev.understudy.advisory.csaf;

import org.jspecify.annotations.NullMarked;
