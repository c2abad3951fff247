@NullMarked
package dev.understudy.risk;

import org.jspecify.annotations.NullMarked;
