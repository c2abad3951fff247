/// Damaged and hostile input for parsers, the same for every module.
@NullMarked
package dev.understudy.protocol.fuzz;

import org.jspecify.annotations.NullMarked;
