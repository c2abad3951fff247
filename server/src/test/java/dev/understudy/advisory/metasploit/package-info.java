@NullMarked
package dev.understudy.advisory.metasploit;

import org.jspecify.annotations.NullMarked;
