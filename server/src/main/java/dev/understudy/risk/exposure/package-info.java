/// Who is exposed to what: an index in memory from vulnerabilities over package versions to hosts,
/// which every replica builds from the database and keeps up to date, and the answers about the
/// past, which come from the history of shapes and the history of fixes. Reads the `published_`
/// views of `fleet` and `advisory`; stores nothing.
@NullMarked
package dev.understudy.risk.exposure;

import org.jspecify.annotations.NullMarked;
