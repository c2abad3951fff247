/// VEX documents in OpenVEX (github.com/openvex/spec): what a vendor says of a vulnerability in
/// each package, by package URL.
@NullMarked
package dev.understudy.advisory.openvex;

import org.jspecify.annotations.NullMarked;
