/// The Debian security tracker's JSON export: every CVE of every source package in every release.
@NullMarked
package dev.understudy.advisory.debian;

import org.jspecify.annotations.NullMarked;
