/// Advisories in the OSV format (ossf.github.io/osv-schema): the archive of an ecosystem, lines of
/// records, or one record.
@NullMarked
package dev.understudy.advisory.osv;

import org.jspecify.annotations.NullMarked;
