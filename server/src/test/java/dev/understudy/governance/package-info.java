@NullMarked
package dev.understudy.governance;

import org.jspecify.annotations.NullMarked;
