/// Feeds, and what they say about vulnerabilities: advisories, fixed versions, exploitation, its
/// probability, decision points and severity. One sub-package per feed format; each feed's rows are
/// replaced as a whole by an import that validates, or stay as they were. Owns schema `advisory`.
@NullMarked
package dev.understudy.advisory;

import org.jspecify.annotations.NullMarked;
