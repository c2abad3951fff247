/// Metasploit's list of modules, `modules_metadata_base.json`.
@NullMarked
package dev.understudy.advisory.metasploit;

import org.jspecify.annotations.NullMarked;
