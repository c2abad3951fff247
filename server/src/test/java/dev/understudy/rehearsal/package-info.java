@NullMarked
package dev.understudy.rehearsal;

import org.jspecify.annotations.NullMarked;
